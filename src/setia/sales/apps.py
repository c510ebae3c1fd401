from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "setia.sales"
    label = "sales"
