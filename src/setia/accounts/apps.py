from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "setia.accounts"
    label = "accounts"
