from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "setia.reports"
    label = "reports"
