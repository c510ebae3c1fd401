from django.urls import URLPattern, URLResolver, path

from setia.web.views import coming, customer, customers, home, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("customers/", customers.customers, name="customers"),
    path("customers/coming/", coming.coming_days, name="coming_days"),
    path("customers/filters/", customers.customer_filters, name="customer_filters"),
    path("customers/export/", customers.export_customers, name="export_customers"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/timeline/", customer.customer_timeline, name="customer_timeline"),
    path("more/", shell.more, name="more"),
    path("language/", shell.set_language, name="set_language"),
    path("help/<slug:page>/", shell.help, name="help"),
]
