"""The tables of this room, one module per subject."""

from setia.planning.models.answers import Answer
from setia.planning.models.experiments import Enrolment, Experiment, Trier
from setia.planning.models.playbook import About, Advice
from setia.planning.models.rivals import Claim, Rival, RivalPrice

__all__ = ["About", "Advice", "Answer", "Claim", "Enrolment", "Experiment", "Rival", "RivalPrice", "Trier"]
