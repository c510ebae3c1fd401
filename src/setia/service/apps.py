from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "setia.service"
    label = "service"

    def ready(self) -> None:
        from setia.orders.queries import offer_terms
        from setia.service.queries import order_terms

        offer_terms(order_terms)
