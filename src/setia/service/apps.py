from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "setia.service"
    label = "service"
