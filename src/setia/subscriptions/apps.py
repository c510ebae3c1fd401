from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "setia.subscriptions"
    label = "subscriptions"
