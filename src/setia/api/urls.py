"""Where programs come in (`/api/v1/…`), where people read how, and the pages of settings that open the door."""

from django.urls import path, re_path
from django.urls.resolvers import URLPattern, URLResolver

from setia.api import views
from setia.api.mount import operations

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", operations),
    re_path(r"^api/v1/", views.nowhere, name="nowhere"),
]
