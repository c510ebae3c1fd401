"""Where programs come in (`/api/v1/…`), where people read how, and the pages of settings that open the door."""

from django.urls import path, re_path
from django.urls.resolvers import URLPattern, URLResolver

from setia.api import views
from setia.api.mount import operations

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/docs/", views.api_docs, name="api_docs"),
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", operations),
    re_path(r"^api/v1/", views.nowhere, name="nowhere"),
    # Settings
    path("settings/api/", views.tokens, name="tokens"),
    path("settings/api/make/", views.make_token, name="make_token"),
    path("settings/api/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("settings/webhooks/", views.endpoints, name="endpoints"),
    path("settings/webhooks/add/", views.add_endpoint, name="add_endpoint"),
    path("settings/webhooks/<int:pk>/", views.endpoint, name="endpoint"),
    path("settings/webhooks/<int:pk>/edit/", views.edit_endpoint, name="edit_endpoint"),
    path("settings/webhooks/<int:pk>/pause/", views.pause_endpoint, name="pause_endpoint"),
    path("settings/webhooks/<int:pk>/resume/", views.resume_endpoint, name="resume_endpoint"),
    path("settings/webhooks/<int:pk>/remove/", views.remove_endpoint, name="remove_endpoint"),
    path("settings/webhooks/<int:pk>/secret/", views.renew_secret, name="renew_secret"),
    path("settings/webhooks/<int:pk>/test/", views.test_endpoint, name="test_endpoint"),
    path("settings/webhooks/<int:pk>/again/", views.send_again, name="send_again"),
]
