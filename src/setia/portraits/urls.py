from django.urls import URLPattern, URLResolver, path

from setia.portraits import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("cohorts/", views.cohorts, name="cohorts"),
    path("rfm/", views.rfm, name="rfm"),
    path("concentration/", views.concentration, name="concentration"),
    path("value/", views.value, name="value"),
]
