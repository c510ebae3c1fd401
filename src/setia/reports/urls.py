from django.urls import URLPattern, URLResolver, path

from setia.reports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.reports, name="reports"),
    path("<slug:name>/", views.report, name="report"),
    path("<slug:name>/export/", views.export_report, name="export_report"),
]
