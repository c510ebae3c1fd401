"""This room's table of contents: one file from upload through check, progress and result to undo."""

from django.urls import path

from setia.intake import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("<int:pk>/", views.import_run, name="import_run"),
    path("<int:pk>/map/", views.map_import, name="map_import"),
    path("<int:pk>/twins/", views.import_twins, name="import_twins"),
    path("<int:pk>/start/", views.start_import, name="start_import"),
    path("<int:pk>/follow/", views.follow_import, name="follow_import"),
    path("<int:pk>/cancel/", views.cancel_import, name="cancel_import"),
    path("<int:pk>/rejected/", views.rejected_rows, name="rejected_rows"),
    path("<int:pk>/undo/", views.undo_import, name="undo_import"),
]
