"""This room's table of contents."""

from django.urls import path

from setia.subscriptions import views

urlpatterns = [
    path("", views.subscriptions, name="subscriptions"),
    path("new/", views.add_subscription, name="add_subscription"),
    path("export/", views.export_subscriptions, name="export_subscriptions"),
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.add_plan, name="add_plan"),
    path("plans/<int:pk>/edit/", views.edit_plan, name="edit_plan"),
    path("plans/<int:pk>/archive/", views.archive_plan, name="archive_plan"),
    path("plans/<int:pk>/restore/", views.restore_plan, name="restore_plan"),
    path("renewals/", views.renewals, name="renewals"),
    path("endings/", views.endings, name="endings"),
    path("revenue/", views.revenue, name="revenue"),
    path("revenue/customers/", views.revenue_customers, name="revenue_customers"),
    path("units/", views.units, name="units"),
    path("units/new/", views.add_unit, name="add_unit"),
    path("units/export/", views.export_units, name="export_units"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/edit/", views.edit_unit, name="edit_unit"),
    path("units/<int:pk>/service/", views.add_service, name="add_service"),
    path("units/<int:pk>/retire/", views.retire_unit, name="retire_unit"),
    path("units/<int:pk>/back/", views.unretire_unit, name="unretire_unit"),
    path("of/<int:pk>/", views.customer_base, name="customer_base"),
    path("<int:pk>/", views.subscription, name="subscription"),
    path("<int:pk>/change/", views.change_subscription, name="change_subscription"),
    path("<int:pk>/change/drop/", views.drop_planned_change, name="drop_planned_change"),
    path("<int:pk>/switch/", views.switch_subscription, name="switch_subscription"),
    path("<int:pk>/pause/", views.pause_subscription, name="pause_subscription"),
    path("<int:pk>/resume/", views.resume_subscription, name="resume_subscription"),
    path("<int:pk>/renew/", views.renew_subscription, name="renew_subscription"),
    path("<int:pk>/renew/undo/", views.take_renewal_back, name="take_renewal_back"),
    path("<int:pk>/cancel/", views.cancel_subscription, name="cancel_subscription"),
    path("<int:pk>/keep/", views.keep_subscription, name="keep_subscription"),
]
