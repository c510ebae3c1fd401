"""This room's table of contents."""

from django.urls import path

from setia.planning import views

urlpatterns = [
    path("answers/", views.answers, name="answers"),
    path("answers/new/", views.add_answer, name="add_answer"),
    path("answers/<int:pk>/", views.answer, name="answer"),
    path("answers/<int:pk>/edit/", views.edit_answer, name="edit_answer"),
    path("answers/<int:pk>/check/", views.check_answer, name="check_answer"),
    path("answers/<int:pk>/archive/", views.archive_answer, name="archive_answer"),
    path("answers/<int:pk>/restore/", views.restore_answer, name="restore_answer"),
    path("of-product/<int:pk>/", views.product_answers, name="product_answers"),
    path("playbook/", views.playbook, name="playbook"),
    path("playbook/<slug:about>/edit/", views.edit_advice, name="edit_advice"),
    path("experiments/", views.experiments, name="experiments"),
    path("experiments/new/", views.add_experiment, name="add_experiment"),
    path("experiments/<int:pk>/", views.experiment, name="experiment"),
    path("experiments/<int:pk>/end/", views.end_experiment, name="end_experiment"),
    path("cards/", views.cards, name="cards"),
    path("rivals/", views.rivals, name="rivals"),
    path("rivals/new/", views.add_rival, name="add_rival"),
    path("rivals/<int:pk>/", views.rival, name="rival"),
    path("rivals/<int:pk>/edit/", views.edit_rival, name="edit_rival"),
    path("rivals/<int:pk>/archive/", views.archive_rival, name="archive_rival"),
    path("rivals/<int:pk>/restore/", views.restore_rival, name="restore_rival"),
    path("rivals/<int:pk>/claims/new/", views.add_claim, name="add_claim"),
    path("rivals/<int:pk>/prices/new/", views.note_price, name="note_price"),
    path("claims/<int:pk>/edit/", views.edit_claim, name="edit_claim"),
    path("claims/<int:pk>/remove/", views.remove_claim, name="remove_claim"),
]
