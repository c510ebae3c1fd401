from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "setia.orders"
    label = "orders"
