from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "setia.core"
    label = "core"

    def ready(self) -> None:
        # What each room names, what may be allowed in it, and what it holds about customers.
        autodiscover_modules("labels", "permissions", "personal")
