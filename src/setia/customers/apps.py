from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "setia.customers"
    label = "customers"
