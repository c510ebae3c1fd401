"""What changes know-how. A module per subject; this is the room's public face."""

from setia.core.versions import ChangedMeanwhile
from setia.planning.actions.answers import add_answer, archive_answer, check_answer, edit_answer, restore_answer
from setia.planning.actions.experiments import TwoGroups, begin_experiment, end_experiment, enrol, keep_result
from setia.planning.actions.playbook import reset_advice, set_advice
from setia.planning.actions.rivals import (
    RivalNamed,
    add_claim,
    add_rival,
    archive_rival,
    edit_claim,
    edit_rival,
    note_price,
    remove_claim,
    restore_rival,
)
from setia.planning.actions.samples import (
    SampleAdvice,
    SampleAnswer,
    SampleRival,
    put_sample_know_how,
    take_know_how_out,
)

__all__ = [
    "ChangedMeanwhile",
    "RivalNamed",
    "SampleAdvice",
    "SampleAnswer",
    "SampleRival",
    "TwoGroups",
    "add_answer",
    "add_claim",
    "add_rival",
    "archive_answer",
    "archive_rival",
    "begin_experiment",
    "check_answer",
    "edit_answer",
    "edit_claim",
    "edit_rival",
    "end_experiment",
    "enrol",
    "keep_result",
    "note_price",
    "put_sample_know_how",
    "remove_claim",
    "reset_advice",
    "restore_answer",
    "restore_rival",
    "set_advice",
    "take_know_how_out",
]
