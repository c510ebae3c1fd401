"""The board of a pipeline: columns of cards, more of a column, and a card moved from one to another."""

from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import actions, queries
from setia.sales.models import Opportunity, Stage
from setia.sales.opportunity_forms import MoveForm
from setia.sales.views._shared import address, by_htmx, params_of, sent

_AS_CHOICE = ("pipeline", "owner", "late", "aged", "status")


@require_GET
@needs("sales.view")
def board(request: HttpRequest) -> HttpResponse:
    """The board, first cards of each column."""
    params = params_of(request)
    there = queries.pipelines()
    pipeline = queries.chosen_pipeline(there, params["pipeline"])
    if pipeline is None:
        return render(request, "sales/board.html", {"pipeline": None, "params": params})
    now, sort = timezone.now(), _sort(params)
    today = current_firm().day_of(now)
    found = queries.board_for(me(request), pipeline, params, sort=sort, today=today)
    context = {
        "pipeline": pipeline,
        "stages": pipeline.shown,  # type: ignore[attr-defined]
        "board": found,
        "now": now,
        "today": today,
        "params": params,
        "kept_params": urlencode({key: value for key, value in params.items() if value}),
        "sort": sort,
        "sorts": [(code, str(label)) for code, label in queries.SORTS.items()],
        "choices": queries.opportunity_choices(there),
        "chips": [
            (one, address("board", params=params, **{one.key: ""})) for one in found.chips if one.key not in _AS_CHOICE
        ],
        "kept": [(one.key, params[one.key]) for one in found.chips if one.key not in _AS_CHOICE],
        "unfiltered": not found.chips,
        "list_url": address("opportunities", params=params),
    }
    return render(request, "sales/board.html", context)


@require_GET
@needs("sales.view")
def column(request: HttpRequest, pk: int) -> HttpResponse:
    """More cards of a column, as a fragment."""
    params = params_of(request)
    stage = queries.get_stage_for(me(request), pk)
    now, sort = timezone.now(), _sort(params)
    cards, rest = queries.more_cards(
        me(request), stage, params, sort=sort, today=current_firm().day_of(now), cursor=params["page"]
    )
    context = {
        "stage": stage,
        "stages": list(queries.stages_for(me(request)).filter(pipeline=stage.pipeline_id)),
        "cards": cards,
        "rest": rest,
        "now": now,
        "today": current_firm().day_of(now),
        "kept_params": urlencode({key: value for key, value in params.items() if value and key != "page"}),
    }
    return render(request, "sales/column.html", context)


@require_http_methods(["GET", "POST"])
@needs("sales.opportunities")
def move_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one to another stage; what that stage asks for is asked before."""
    one = queries.get_opportunity_for(me(request), pk)
    asked = request.POST.get("to") or request.GET.get("to", "")
    to = queries.stages_for(me(request)).filter(pk=asked if asked.isdecimal() and len(asked) < 19 else 0).first()
    if to is None:
        return redirect("opportunity", pk)
    answers = request.POST.get("answers") == "1"
    form = MoveForm(sent(request) if answers else None, user=me(request), opportunity=one, to=to)
    if request.method == "POST" and (not answers or form.is_valid()):
        seen = request.POST.get("seen", "")
        try:
            moved = actions.move_opportunity(
                by=me(request),
                at=timezone.now(),
                opportunity=one,
                to=to,
                seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
                **(form.facts() if answers else {}),
            )
        except actions.NeedsMore as more:
            if not answers:
                return _ask(request, one, to)
            form.ask(more.needs)
        except actions.StandsElsewhere as elsewhere:
            return _elsewhere(request, one, elsewhere)
        except actions.NoSuchStage:
            messages.warning(request, _("This stage was put away meanwhile. Choose another."))
            return _to_page(request, one)
        else:
            return _moved(request, moved, before=one.stage)
    missing_lines = "LINES" in to.needs and not queries.lines_of(one)
    context = {"one": one, "to": to, "form": form, "missing_lines": missing_lines}
    return render(request, "sales/move_opportunity.html", context, status=422 if form.errors else 200)


def _sort(params: dict[str, str]) -> str:
    return params["sort"] if params["sort"] in queries.SORTS else "moved"


def _ask(request: HttpRequest, one: Opportunity, to: Stage) -> HttpResponse:
    """To the page that asks for what the stage needs."""
    place = f"{reverse('move_opportunity', args=[one.pk])}?to={to.pk}"
    if by_htmx(request):
        return HttpResponse(headers={"HX-Redirect": place})
    return redirect(place)


def _to_page(request: HttpRequest, one: Opportunity) -> HttpResponse:
    place = reverse("opportunity", args=[one.pk])
    return HttpResponse(headers={"HX-Redirect": place}) if by_htmx(request) else redirect(place)


def _moved(request: HttpRequest, one: Opportunity, *, before: Stage) -> HttpResponse:
    if not by_htmx(request):
        messages.info(request, _("It stands in “{stage}” now.").format(stage=one.stage.name))
        return redirect("opportunity", one.pk)
    return _swap(request, one, before=before)


def _elsewhere(request: HttpRequest, one: Opportunity, why: actions.StandsElsewhere) -> HttpResponse:
    """Tell who has moved or closed it meanwhile, and put the card where it is now."""
    now = why.opportunity
    who = str(why.by) if why.by else _("Somebody")
    if now.is_open:
        words = _("{who} has moved this meanwhile: it stands in “{stage}” now.").format(who=who, stage=now.stage.name)
    else:
        words = _("{who} has closed this meanwhile: {state}.").format(who=who, state=now.get_status_display())
    if not by_htmx(request):
        messages.warning(request, words)
        return redirect("opportunity", one.pk)
    return _swap(request, now, before=one.stage, words=words)


def _swap(request: HttpRequest, one: Opportunity, *, before: Stage, words: str = "") -> HttpResponse:
    """What changes on the board: the card, and the heads of the columns concerned, counted anew."""
    user, now = me(request), timezone.now()
    seen = request.POST.get("seen", "")
    keys = {before.pk, one.stage_id, *([int(seen)] if seen.isdecimal() and len(seen) < 19 else [])}
    stages = list(queries.stages_for(user).filter(pipeline=one.pipeline_id))
    today = current_firm().day_of(now)
    found = queries.columns_for(
        user, [one for one in stages if one.pk in keys], _board_params(request), sort="moved", today=today
    )
    steps = queries.steps_of(one, most=2)
    undo = queries.undoable_step(one, steps) if not words else None
    context: dict[str, Any] = {
        "one": queries.get_opportunity_for(user, one.pk),
        "columns": found,
        "stages": stages,
        "words": words,
        "undo": undo,
        "now": now,
        "today": today,
    }
    return render(request, "sales/moved.html", context, status=409 if words else 200)


def _board_params(request: HttpRequest) -> dict[str, str]:
    """The filters of the board the card was moved on: its address, as htmx tells it."""
    here = request.headers.get("HX-Current-URL", "")
    return defaultdict(str, parse_qsl(urlsplit(here).query)) if len(here) < 4000 else defaultdict(str)
