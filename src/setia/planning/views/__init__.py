"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.planning.views.answers import (
    add_answer,
    answer,
    answers,
    archive_answer,
    check_answer,
    edit_answer,
    product_answers,
    restore_answer,
)
from setia.planning.views.experiments import add_experiment, end_experiment, experiment, experiments
from setia.planning.views.playbook import edit_advice, playbook
from setia.planning.views.rivals import (
    add_claim,
    add_rival,
    archive_rival,
    cards,
    edit_claim,
    edit_rival,
    note_price,
    remove_claim,
    restore_rival,
    rival,
    rivals,
)

__all__ = [
    "add_answer",
    "add_claim",
    "add_experiment",
    "add_rival",
    "answer",
    "answers",
    "archive_answer",
    "archive_rival",
    "cards",
    "check_answer",
    "edit_advice",
    "edit_answer",
    "edit_claim",
    "edit_rival",
    "end_experiment",
    "experiment",
    "experiments",
    "note_price",
    "playbook",
    "product_answers",
    "remove_claim",
    "restore_answer",
    "restore_rival",
    "rival",
    "rivals",
]
