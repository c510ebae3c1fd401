"""Answers about products: the list that is searched while one types, one answer, and what changes it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.catalogue.queries import categories, get_product_for, products_for
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.versions import ChangedMeanwhile, version_of
from setia.planning import actions, queries
from setia.planning.forms import AnswerForm
from setia.planning.views._shared import PAGE, address, keep_typed, params_of, sent


@require_GET
@needs("planning.view")
def answers(request: HttpRequest) -> HttpResponse:
    """The list, a page of it; with a text, the answers that fit it best."""
    params = params_of(request)
    found, chips = queries.narrow_answers(queries.answers_for(me(request)), params, at=timezone.now())
    context: dict[str, Any] = {
        "params": params,
        "chips": [(chip, address("answers", params=params, **{chip.key: ""})) for chip in chips],
        "kept": [(key, params[key]) for key in ("product", "tag") if params[key]],
        "categories": [("", ""), *((str(one.pk), one.name) for one in categories())],
        "unfiltered": not chips and not params["q"],
        "earlier": "",
        "later": "",
    }
    if params["q"]:
        context["answers"] = queries.find_answers(found, params["q"])
    else:
        legs = queries.answer_legs(found, due=params["due"] == "1")
        page = keyset.page(legs, size=PAGE, cursor=params["page"])
        context |= {
            "answers": page.rows,
            "earlier": address("answers", params=params, page=page.earlier) if page.earlier else "",
            "later": address("answers", params=params, page=page.later) if page.later else "",
        }
    return render(request, "planning/answers.html", context)


@require_GET
@needs("planning.view")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer, with who wrote it and when somebody last said that it holds."""
    one = queries.get_answer_for(me(request), pk)
    overdue = (timezone.now() - one.checked_at).days >= queries.DUE_DAYS
    return render(request, "planning/answer.html", {"one": one, "overdue": overdue})


@require_http_methods(["GET", "POST"])
@needs("planning.answers")
def add_answer(request: HttpRequest) -> HttpResponse:
    """Write an answer down, for a product the address may name (`product`)."""
    asked = request.GET.get("product", "")
    initial = {
        "product": int(asked) if asked.isdecimal() and len(asked) < 19 else None,
        "question": request.GET.get("q", ""),
    }
    form = AnswerForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.add_answer(by=me(request), at=timezone.now(), **form.facts())
        return redirect("answer", made.pk)
    return _page(request, "planning/add_answer.html", form)


@require_http_methods(["GET", "POST"])
@needs("planning.answers")
def edit_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an answer."""
    one = queries.get_answer_for(me(request), pk)
    initial = {
        "question": one.question,
        "answer": one.answer,
        "product": one.product_id,
        "category_name": one.category.name if one.category else "",
        "tags": one.tags,
        "version": version_of(one.updated_at),
    }
    form = AnswerForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_answer(by=me(request), at=timezone.now(), one=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _page(request, "planning/edit_answer.html", form, status=409, one=one, conflict=True)
        return redirect("answer", pk)
    return _page(request, "planning/edit_answer.html", form, one=one)


@require_POST
@needs("planning.answers")
def check_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it still holds."""
    actions.check_answer(by=me(request), at=timezone.now(), answer=queries.get_answer_for(me(request), pk))
    return redirect("answer", pk)


@require_POST
@needs("planning.answers")
def archive_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer out of what is found."""
    actions.archive_answer(by=me(request), at=timezone.now(), answer=queries.get_answer_for(me(request), pk))
    return redirect("answer", pk)


@require_POST
@needs("planning.answers")
def restore_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring an answer back."""
    actions.restore_answer(by=me(request), at=timezone.now(), answer=queries.get_answer_for(me(request), pk))
    return redirect("answer", pk)


@require_GET
@needs("planning.view")
def product_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece of a product's page, and a page of its own: what customers ask about it."""
    product = get_product_for(me(request), pk)
    context = {"product": product, "answers": queries.answers_on(me(request), product)}
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    return render(request, "planning/product_answers_piece.html" if piece else "planning/product_answers.html", context)


def _page(request: HttpRequest, template: str, form: AnswerForm, *, status: int = 0, **context: Any) -> HttpResponse:
    typed = str(form["product"].value() or "")
    chosen = products_for(me(request)).filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 19 else None
    context |= {"form": form, "chosen": chosen, "categories": categories()}
    return render(request, template, context, status=status or (422 if form.errors else 200))
