"""This room's table of contents."""

from django.urls import path

from setia.service import views

urlpatterns = [
    path("of/<int:pk>/", views.served, name="served"),
    path("contracts/", views.contracts, name="contracts"),
    path("contracts/export/", views.export_contracts, name="export_contracts"),
    path("of/<int:pk>/contracts/new/", views.add_contract, name="add_contract"),
    path("contracts/<int:pk>/edit/", views.edit_contract, name="edit_contract"),
    path("contracts/<int:pk>/renew/", views.renew_contract, name="renew_contract"),
    path("contracts/<int:pk>/remove/", views.remove_contract, name="remove_contract"),
    path("concerns/", views.concerns, name="concerns"),
    path("concerns/export/", views.export_concerns, name="export_concerns"),
    path("of/<int:pk>/concerns/new/", views.add_concern, name="add_concern"),
    path("concerns/<int:pk>/edit/", views.edit_concern, name="edit_concern"),
    path("concerns/<int:pk>/settle/", views.settle_concern, name="settle_concern"),
    path("concerns/<int:pk>/reopen/", views.reopen_concern, name="reopen_concern"),
    path("influence/", views.influence, name="influence"),
    path("of/<int:pk>/followers/", views.note_followers, name="note_followers"),
    path("prices/<int:pk>/", views.price_list, name="price_list"),
    path("prices/<int:pk>/export/", views.export_prices, name="export_prices"),
    path("prices/<int:pk>/discount/", views.change_discount, name="change_discount"),
]
