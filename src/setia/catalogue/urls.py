"""This room's table of contents."""

from django.urls import path

from setia.catalogue import views

urlpatterns = [
    path("", views.products, name="products"),
    path("new/", views.add_product, name="add_product"),
    path("search/", views.find_product, name="find_product"),
    path("export/", views.export_products, name="export_products"),
    path("<int:pk>/", views.product, name="product"),
    path("<int:pk>/edit/", views.edit_product, name="edit_product"),
    path("<int:pk>/archive/", views.archive_product, name="archive_product"),
    path("<int:pk>/restore/", views.restore_product, name="restore_product"),
]
