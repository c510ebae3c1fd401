from django.apps import AppConfig


class PortraitsConfig(AppConfig):
    name = "setia.portraits"
    label = "portraits"
