"""Sequences of follow-ups: the templates among the settings, and what runs on a record, started, paused and ended.

What runs stands in a part of an opportunity's page and of a prospect's record; what is done there brings the part back.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.sales import actions, queries
from setia.sales.models import FollowUp, Opportunity, Prospect, Sequence
from setia.sales.sequence_forms import SequenceEntry
from setia.sales.views._shared import by_htmx, keep_typed, sent, whole


@require_GET
@needs("sales.sequences")
def sequences(request: HttpRequest) -> HttpResponse:
    """All templates with their steps, and those put away."""
    found, away = queries.sequences_for(me(request)), queries.sequences_for(me(request), archived=True)
    return render(request, "sales/sequences.html", {"sequences": list(found), "away": list(away)})


@require_http_methods(["GET", "POST"])
@needs("sales.sequences")
def add_sequence(request: HttpRequest) -> HttpResponse:
    """Make a sequence."""
    entry = SequenceEntry(sent(request), user=me(request))
    if do := request.POST.get("do"):
        return _arrange(request, "sales/add_sequence.html", entry.changed(do))
    if request.method == "POST" and entry.is_valid():
        try:
            actions.add_sequence(by=me(request), at=timezone.now(), steps=entry.values(), **entry.form.facts())
        except actions.NameTaken:
            entry.form.taken()
        else:
            return redirect("sequences")
    return _arrange(request, "sales/add_sequence.html", entry)


@require_http_methods(["GET", "POST"])
@needs("sales.sequences")
def edit_sequence(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a sequence; what runs goes on by its new steps."""
    one = queries.get_sequence_for(me(request), pk)
    entry = SequenceEntry(sent(request), user=me(request), sequence=one)
    entry.form.fields["version"].initial = version_of(one.updated_at)
    if do := request.POST.get("do"):
        return _arrange(request, "sales/edit_sequence.html", entry.changed(do), one=one)
    if request.method == "POST" and entry.is_valid():
        version, facts = entry.form.cleaned_data["version"], entry.form.facts()
        edit = actions.edit_sequence
        try:
            edit(by=me(request), at=timezone.now(), sequence=one, version=version, steps=entry.values(), **facts)
        except actions.NameTaken:
            entry.form.taken()
        except ChangedMeanwhile as changed:
            keep_typed(entry.form, changed.version)
            return _arrange(request, "sales/edit_sequence.html", entry, one=one, conflict=True, status=409)
        else:
            return redirect("sequences")
    return _arrange(request, "sales/edit_sequence.html", entry, one=one)


@require_POST
@needs("sales.sequences")
def archive_sequence(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away."""
    sequence = queries.get_sequence_for(me(request), pk)
    actions.archive_sequence(by=me(request), at=timezone.now(), sequence=sequence)
    return redirect("sequences")


@require_POST
@needs("sales.sequences")
def restore_sequence(request: HttpRequest, pk: int) -> HttpResponse:
    """Use it again."""
    sequence = queries.get_sequence_for(me(request), pk)
    actions.restore_sequence(by=me(request), at=timezone.now(), sequence=sequence)
    return redirect("sequences")


@require_GET
@needs("sales.view")
def opportunity_sequences(request: HttpRequest, pk: int) -> HttpResponse:
    """What runs for an opportunity, as a part of its page or a page of its own."""
    return _of_opportunity(request, queries.get_opportunity_for(me(request), pk))


@require_GET
@needs("sales.view")
def prospect_sequences(request: HttpRequest, pk: int) -> HttpResponse:
    """What runs for a prospect, as a part of their record or a page of its own."""
    return _of_prospect(request, queries.get_prospect_for(me(request), pk))


@require_POST
@needs("sales.activities")
def start_opportunity_sequence(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the chosen sequence for an opportunity."""
    opportunity = queries.get_opportunity_for(me(request), pk)
    wrong = _start(request, opportunity=opportunity)
    return _of_opportunity(request, opportunity, wrong=wrong)


@require_POST
@needs("sales.activities")
def start_prospect_sequence(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the chosen sequence for a prospect."""
    prospect = queries.get_prospect_for(me(request), pk)
    wrong = _start(request, prospect=prospect)
    return _of_prospect(request, prospect, wrong=wrong)


@require_POST
@needs("sales.activities")
def pause_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it rest."""
    return _change(request, pk, actions.pause_follow_up)


@require_POST
@needs("sales.activities")
def resume_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with one that is paused or was ended."""
    return _change(request, pk, actions.resume_follow_up)


@require_POST
@needs("sales.activities")
def skip_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the present step out."""
    return _change(request, pk, actions.skip_step)


@require_POST
@needs("sales.activities")
def unskip_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the step left out last back."""
    return _change(request, pk, actions.unskip_step)


@require_POST
@needs("sales.activities")
def end_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """End it."""
    return _change(request, pk, actions.end_follow_up)


def _start(request: HttpRequest, *, opportunity: Opportunity | None = None, prospect: Prospect | None = None) -> str:
    """What is wrong, '' where it started."""
    key = whole(request.POST.get("sequence", ""))
    sequence: Sequence | None = queries.sequences_for(me(request)).filter(pk=key).first()
    if sequence is None:
        return _("Choose a sequence that is in use.")
    now, start = timezone.now(), actions.start_follow_up
    try:
        start(by=me(request), at=now, sequence=sequence, opportunity=opportunity, prospect=prospect)
    except actions.DoesNotFit:
        return _("This sequence is for something else. Choose another.")
    except actions.RunsAlready:
        return _("This sequence runs here already.")
    return ""


def _change(request: HttpRequest, pk: int, verb: Callable[..., None]) -> HttpResponse:
    one = queries.get_follow_up_for(me(request), pk)
    wrong = ""
    try:
        verb(by=me(request), at=timezone.now(), follow_up=one)
    except actions.NotSo:
        wrong = _("Somebody else was quicker: see how it stands now.")
    except actions.DoesNotFit:
        wrong = _("There is nothing to follow up any more, or it stands elsewhere now.")
    except actions.RunsAlready:
        wrong = _("This sequence runs here already.")
    return _where(request, one, wrong=wrong)


def _where(request: HttpRequest, one: FollowUp, *, wrong: str) -> HttpResponse:
    if one.opportunity_id is not None:
        return _of_opportunity(request, queries.get_opportunity_for(me(request), one.opportunity_id), wrong=wrong)
    prospect = queries.prospect_of(me(request), one.customer_id)
    if prospect is None:
        return redirect("customer", one.customer_id)
    return _of_prospect(request, prospect, wrong=wrong)


def _of_opportunity(request: HttpRequest, one: Opportunity, *, wrong: str = "") -> HttpResponse:
    context = {
        "opportunity": one,
        "found": queries.follow_ups_of(me(request), opportunity=one),
        "start": reverse("start_opportunity_sequence", args=[one.pk]),
        "customer": one.customer,
    }
    back = reverse("opportunity", args=[one.pk])
    return _part(request, "sales/opportunity_sequences.html", context, back=back, wrong=wrong)


def _of_prospect(request: HttpRequest, one: Prospect, *, wrong: str = "") -> HttpResponse:
    context = {
        "prospect": one,
        "found": queries.follow_ups_of(me(request), prospect=one),
        "start": reverse("start_prospect_sequence", args=[one.pk]),
        "customer": one.customer,
    }
    back = reverse("customer", args=[one.customer_id])
    return _part(request, "sales/prospect_sequences.html", context, back=back, wrong=wrong)


def _part(request: HttpRequest, page: str, context: dict[str, Any], *, back: str, wrong: str) -> HttpResponse:
    piece = by_htmx(request)
    if request.method == "POST" and not piece:
        if wrong:
            messages.warning(request, wrong)
        return redirect(back)
    changes = may(me(request), "sales.activities") and not context["customer"].erased_at
    context |= {"wrong": wrong, "changes": changes, "today": current_firm().day_of(timezone.now())}
    return render(request, "sales/sequences_piece.html" if piece else page, context)


def _arrange(
    request: HttpRequest, template: str, entry: SequenceEntry, *, status: int = 0, **context: Any
) -> HttpResponse:
    errors = entry.errors() if entry.form.is_bound else 0
    context |= {"entry": entry, "form": entry.form, "errors": errors}
    return render(request, template, context, status=status or (422 if errors else 200))
