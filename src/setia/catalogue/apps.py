from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "setia.catalogue"
    label = "catalogue"
