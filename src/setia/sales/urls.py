"""This room's table of contents."""

from django.urls import path

from setia.sales import views

urlpatterns = [
    path("day/", views.my_day, name="my_day"),
    path("team-day/", views.team_day, name="team_day"),
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.plan_activity, name="plan_activity"),
    path("activities/<int:pk>/edit/", views.edit_activity, name="edit_activity"),
    path("activities/<int:pk>/done/", views.finish_activity, name="finish_activity"),
    path("activities/<int:pk>/reopen/", views.reopen_activity, name="reopen_activity"),
    path("activities/<int:pk>/cancel/", views.cancel_activity, name="cancel_activity"),
    path("activities/<int:pk>/move/", views.move_activity, name="move_activity"),
    path("of/<int:pk>/activities/", views.customer_activities, name="customer_activities"),
    path("of/<int:pk>/activities/next/", views.add_next, name="add_next"),
    path("of/<int:pk>/activities/log/", views.log_activity, name="log_activity"),
]
