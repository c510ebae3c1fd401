"""Root URLs: one line a room. What a room offers is in its own `urls.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include("setia.web.urls")),
    path("", include("setia.accounts.urls")),
    path("", include("setia.api.urls")),
    path("customers/", include("setia.customers.urls")),
    path("products/", include("setia.catalogue.urls")),
    path("orders/", include("setia.orders.urls")),
    path("subscriptions/", include("setia.subscriptions.urls")),
    path("sales/", include("setia.sales.urls")),
    path("f/", include("setia.sales.public_urls")),
    path("know-how/", include("setia.planning.urls")),
    path("service/", include("setia.service.urls")),
    path("import/", include("setia.intake.urls")),
    path("understand/", include("setia.portraits.urls")),
    path("reports/", include("setia.reports.urls")),
]

handler400 = "setia.web.errors.bad_request"
handler403 = "setia.web.errors.forbidden"
handler404 = "setia.web.errors.not_found"
handler500 = "setia.web.errors.server_error"
