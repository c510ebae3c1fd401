from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "setia.demo"
    label = "demo"
