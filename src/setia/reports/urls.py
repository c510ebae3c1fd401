from django.urls import URLPattern, URLResolver, path

from setia.reports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.reports, name="reports"),
    path("sales/<slug:selling>/", views.sales_report, name="sales_report"),
    path("sales/<slug:selling>/orders/", views.sales_report_orders, name="sales_report_orders"),
    path("sales/<slug:selling>/export/<slug:file>/", views.export_sales_report, name="export_sales_report"),
    path("sales/<slug:selling>/save/", views.save_report, name="save_report"),
    path("saved/<int:pk>/delete/", views.delete_saved_report, name="delete_saved_report"),
    path("saved/<int:pk>/restore/", views.restore_saved_report, name="restore_saved_report"),
    path("saved/<int:pk>/mail/", views.mail_report, name="mail_report"),
    path("<slug:name>/", views.report, name="report"),
    path("<slug:name>/export/", views.export_report, name="export_report"),
]
