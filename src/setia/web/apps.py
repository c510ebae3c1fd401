from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "setia.web"
    label = "web"
