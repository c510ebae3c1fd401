from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "setia.intake"
    label = "intake"
