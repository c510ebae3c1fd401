"""This room's table of contents."""

from django.urls import path

from setia.orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("new/", views.add_order, name="add_order"),
    path("export/", views.export_orders, name="export_orders"),
    path("agents/<int:pk>/", views.agent, name="agent"),
    path("move/", views.move_orders, name="move_orders"),
    path("<int:pk>/", views.order, name="order"),
    path("<int:pk>/edit/", views.edit_order, name="edit_order"),
    path("<int:pk>/return/", views.give_back, name="give_back"),
    path("<int:pk>/return/undo/", views.undo_give_back, name="undo_give_back"),
]
