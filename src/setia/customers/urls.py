"""This room's table of contents. The list and the record show several rooms and are composed in `web`."""

from django.urls import path

from setia.customers import views

urlpatterns = [
    path("new/", views.customer_new, name="customer_new"),
    path("search/", views.customer_search, name="customer_search"),
    path("<int:pk>/edit/", views.customer_edit, name="customer_edit"),
    path("<int:pk>/archive/", views.customer_archive, name="customer_archive"),
    path("<int:pk>/restore/", views.customer_restore, name="customer_restore"),
    path("<int:pk>/delete/", views.customer_delete, name="customer_delete"),
    path("<int:pk>/note/", views.customer_note, name="customer_note"),
    path("<int:pk>/contacts/new/", views.contact_new, name="contact_new"),
    path("<int:pk>/contacts/<int:contact_pk>/edit/", views.contact_edit, name="contact_edit"),
    path("<int:pk>/contacts/<int:contact_pk>/remove/", views.contact_remove, name="contact_remove"),
    path("<int:pk>/contacts/<int:contact_pk>/prefer/", views.contact_prefer, name="contact_prefer"),
]
