"""Questions about know-how. A module per subject; this is the room's public face."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.planning.models import Enrolment
from setia.planning.queries.answers import (
    DUE_DAYS,
    answer_legs,
    answers_for,
    answers_on,
    find_answers,
    get_answer_for,
    narrow_answers,
)
from setia.planning.queries.experiments import (
    Drawn,
    drawn_for,
    experiments_due,
    experiments_for,
    get_experiment_for,
    listed_experiments,
    sizes,
)
from setia.planning.queries.playbook import Guidance, get_guidance, guidance_on, playbook
from setia.planning.queries.rivals import (
    Card,
    Compared,
    all_rivals_for,
    battle_cards,
    find_rivals,
    get_claim_for,
    get_rival_for,
    listed_rivals,
    rivals_for,
)

CUSTOMER_KEYS = (
    Key(
        Enrolment,
        "customer",
        once=("experiment_id",),
        words=ngettext_lazy("%(count)s experiment", "%(count)s experiments", "count"),
    ),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = [
    "CUSTOMER_KEYS",
    "DUE_DAYS",
    "Card",
    "Compared",
    "Drawn",
    "Guidance",
    "all_rivals_for",
    "answer_legs",
    "answers_for",
    "answers_on",
    "battle_cards",
    "drawn_for",
    "experiments_due",
    "experiments_for",
    "find_answers",
    "find_rivals",
    "get_answer_for",
    "get_claim_for",
    "get_experiment_for",
    "get_guidance",
    "get_rival_for",
    "guidance_on",
    "listed_experiments",
    "listed_rivals",
    "narrow_answers",
    "playbook",
    "rivals_for",
    "sizes",
]
