from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "setia.accounts"
    label = "accounts"

    def ready(self) -> None:
        from setia.accounts import words  # noqa: F401  # names the room's verbs
