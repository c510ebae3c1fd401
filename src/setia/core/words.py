"""Names of things that pages of one room show for all rooms: background jobs, and the verbs of the audit trail.

A room says the words for what is its own (`name_jobs`, `name_verbs`) in its module `labels`, which is imported when
Setia starts; the jobs page and the audit page look them up. What nobody named is shown as its code, made readable.
"""

from collections.abc import Mapping

from django.utils.functional import Promise

_jobs: dict[str, Promise] = {}
_verbs: dict[str, Promise] = {}


def name_jobs(names: Mapping[str, Promise]) -> None:
    """Say what the jobs of a room do, by task name: `{"core.clear_cache": _("Clear what is no longer needed")}`."""
    _jobs.update(names)


def name_verbs(names: Mapping[str, Promise]) -> None:
    """Say what the audit verbs of a room mean, as an act: `{"customer.archived": _("Archived a customer")}`."""
    _verbs.update(names)


def job_name(task: str) -> str:
    """The words for a task in the reader's language."""
    return str(_jobs.get(task) or _readable(task.rsplit(".", 1)[-1]))


def verb_name(verb: str) -> str:
    """The words for an audit verb in the reader's language."""
    return str(_verbs.get(verb) or _readable(verb))


def _readable(code: str) -> str:
    return code.replace("_", " ").replace(".", " ").capitalize()
