from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "setia.core"
    label = "core"
