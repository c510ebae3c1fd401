from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "setia.planning"
    label = "planning"
