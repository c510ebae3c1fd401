from django.urls import URLPattern, URLResolver, path

from setia.portraits import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("cohorts/", views.cohorts, name="cohorts"),
    path("rfm/", views.rfm, name="rfm"),
    path("moves/", views.moves, name="moves"),
    path("together/", views.together, name="together"),
    path("concentration/", views.concentration, name="concentration"),
    path("value/", views.value, name="value"),
    path("accuracy/", views.accuracy, name="accuracy"),
    path("curves/", views.curves, name="curves"),
    path("curves/export/", views.export_curves, name="export_curves"),
    path("customers/<int:pk>/", views.classes, name="classes"),
    path("customers/<int:pk>/alive/", views.alive, name="alive"),
    path("customers/<int:pk>/overrule/<str:what>/", views.overrule, name="overrule"),
    path(
        "customers/<int:pk>/overrulings/<int:overruling_pk>/withdraw/",
        views.withdraw_overruling,
        name="withdraw_overruling",
    ),
    path(
        "customers/<int:pk>/overrulings/<int:overruling_pk>/restore/",
        views.restore_overruling,
        name="restore_overruling",
    ),
]
