"""This room's table of contents. The list and the record show several rooms and are composed in `web`."""

from django.urls import path

from setia.customers import views

urlpatterns = [
    path("new/", views.add_customer, name="add_customer"),
    path("search/", views.find_customer, name="find_customer"),
    path("archive/", views.archive_customers, name="archive_customers"),
    path("<int:pk>/edit/", views.edit_customer, name="edit_customer"),
    path("<int:pk>/archive/", views.archive_customer, name="archive_customer"),
    path("<int:pk>/restore/", views.restore_customer, name="restore_customer"),
    path("<int:pk>/delete/", views.delete_customer, name="delete_customer"),
    path("<int:pk>/note/", views.add_note, name="add_note"),
    path("<int:pk>/contacts/new/", views.add_contact, name="add_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/edit/", views.edit_contact, name="edit_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/remove/", views.remove_contact, name="remove_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/prefer/", views.prefer_contact, name="prefer_contact"),
]
