from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "setia.api"
    label = "api"
