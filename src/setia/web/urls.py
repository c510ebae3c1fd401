from django.urls import URLPattern, URLResolver, path

from setia.web.views import coming, customer, customers, history, home, palette, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("customers/", customers.customers, name="customers"),
    path("customers/coming/", coming.coming_days, name="coming_days"),
    path("customers/filters/", customers.customer_filters, name="customer_filters"),
    path("customers/columns/", customers.choose_columns, name="choose_columns"),
    path("customers/export/", customers.export_customers, name="export_customers"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/timeline/", customer.customer_timeline, name="customer_timeline"),
    path("customers/<int:pk>/history/", history.customer_history, name="customer_history"),
    path("products/<int:pk>/history/", history.product_history, name="product_history"),
    path("orders/<int:pk>/history/", history.order_history, name="order_history"),
    path("find/", palette.palette, name="palette"),
    path("more/", shell.more, name="more"),
    path("language/", shell.set_language, name="set_language"),
    path("help/<slug:page>/", shell.help, name="help"),
]
