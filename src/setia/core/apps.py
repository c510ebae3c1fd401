from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "setia.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules("labels", "personal")  # what each room names, and what it holds about customers
