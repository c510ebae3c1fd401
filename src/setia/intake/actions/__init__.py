"""Verbs of intake: start a draft, correct its mapping, queue, cancel, execute, sweep what stalled, undo."""

from setia.intake.actions.draft import NotADraft, cancel, decide_rows, queue, remap, start_draft
from setia.intake.actions.execute import execute
from setia.intake.actions.follow_unmerge import follow_unmerge
from setia.intake.actions.sweep import resume_stalled
from setia.intake.actions.undo import CannotUndo, undo, undo_preview
from setia.intake.reading import Unreadable

__all__ = [
    "CannotUndo",
    "NotADraft",
    "Unreadable",
    "cancel",
    "decide_rows",
    "execute",
    "follow_unmerge",
    "queue",
    "remap",
    "resume_stalled",
    "start_draft",
    "undo",
    "undo_preview",
]
