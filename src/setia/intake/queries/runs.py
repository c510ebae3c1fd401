"""Which runs there are, and what became of them in words."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from setia.core.permissions import Actor, may
from setia.intake.models import Run
from setia.intake.reading import words


def runs_for(user: Actor) -> QuerySet[Run]:
    """The runs this person may see, newest first; none for somebody who is not signed in."""
    runs = Run.objects.select_related("by").order_by("-created_at", "-pk")
    return runs if may(user, "intake.view") else runs.none()


def get_run_for(user: Actor, pk: int) -> Run:
    """One run. Raises `Http404` for one this person may not see."""
    run = runs_for(user).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def problem_text(run: Run) -> str:
    """Why a run did not come to its end, in the reader's language; empty when nothing went wrong."""
    if run.state == Run.State.CANCELLED:
        return _("The import was stopped. Nothing of it was written.")
    if not run.problem:
        return ""
    return words.unreadable(str(run.problem.get("code", "")), run.problem)


def warning_texts(run: Run) -> list[str]:
    """What the reader should know about a finished run, a sentence each."""
    return [words.warning(one) for one in run.warnings]
