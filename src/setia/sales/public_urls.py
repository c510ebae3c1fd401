"""Addresses of this room that are open to everybody."""

from django.urls import path

from setia.sales import views

urlpatterns = [
    path("confirm/<str:token>/", views.confirm_submission, name="confirm_submission"),
    path("<slug:slug>/", views.web_form, name="web_form"),
]
