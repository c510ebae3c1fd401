from django.urls import URLPattern, URLResolver, path

from setia.web.views import coming, customer, customers, history, home, palette, saved_views, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("customers/", customers.customers, name="customers"),
    path("customers/coming/", coming.coming_days, name="coming_days"),
    path("customers/filters/", customers.customer_filters, name="customer_filters"),
    path("customers/columns/", customers.choose_columns, name="choose_columns"),
    path("customers/views/", saved_views.saved_views, name="saved_views"),
    path("customers/views/new/", saved_views.save_view, name="save_view"),
    path("customers/views/<int:pk>/edit/", saved_views.change_view, name="change_view"),
    path("customers/views/<int:pk>/keep/", saved_views.keep_in_view, name="keep_in_view"),
    path("customers/views/<int:pk>/move/", saved_views.move_view, name="move_view"),
    path("customers/views/<int:pk>/prefer/", saved_views.prefer_view, name="prefer_view"),
    path("customers/views/<int:pk>/delete/", saved_views.delete_view, name="delete_view"),
    path("customers/views/<int:pk>/restore/", saved_views.restore_view, name="restore_view"),
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
