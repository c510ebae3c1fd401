"""Forms on the web: the firm's side, where they are arranged, and the public pages people fill in."""

from collections.abc import Callable
from typing import Any, cast

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.versions import ChangedMeanwhile, version_of
from setia.sales import actions, queries
from setia.sales.form_forms import TRAP, VisitorForm, WebFormForm
from setia.sales.models import WebForm
from setia.sales.views._shared import PAGE, address, keep_typed, params_of, sent

View = Callable[[HttpRequest, str], HttpResponse]
_rarely = cast(Callable[[View], View], rate_limit(action="web_form"))
_MOST_BYTES = 64 * 1024


@require_GET
@needs("sales.forms")
def web_forms(request: HttpRequest) -> HttpResponse:
    """The firm's forms."""
    return render(request, "sales/web_forms.html", {"forms": list(queries.web_forms_for(me(request)))})


@require_http_methods(["GET", "POST"])
@needs("sales.forms")
def add_web_form(request: HttpRequest) -> HttpResponse:
    """Make a form."""
    initial = {"ask_name": "MUST", "ask_whatsapp": "MAY", "ask_email": "MAY", "ask_message": "MAY", "kind": "CONTACT"}
    initial |= {"language": request.firm.language, "source": "Website"}  # type: ignore[attr-defined]
    form = WebFormForm(sent(request), own=queries.own_questions(), initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.make_form(by=me(request), at=timezone.now(), **form.facts())
        return redirect("edit_web_form", made.pk)
    return _arrange(request, form)


@require_http_methods(["GET", "POST"])
@needs("sales.forms")
def edit_web_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a form; see where it stands and how it is put into another page."""
    one = queries.get_web_form_for(me(request), pk)
    initial = {name: getattr(one, name) for name in actions.FACTS if name not in ("fields", "sites")}
    initial |= {"sites": "\n".join(one.sites), "version": version_of(one.updated_at)}
    initial |= {f"ask_{key}": asked for key, asked in one.fields.items()}
    form = WebFormForm(sent(request), own=queries.own_questions(), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_form(by=me(request), at=timezone.now(), form=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _arrange(request, form, one=one, conflict=True, status=409)
        return redirect("edit_web_form", pk)
    return _arrange(request, form, one=one)


@require_POST
@needs("sales.forms")
def close_web_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a form off the web, or (`open`) put it back."""
    one = queries.get_web_form_for(me(request), pk)
    actions.close_form(by=me(request), at=timezone.now(), form=one, closed="open" not in request.POST)
    return redirect("web_forms")


@require_GET
@needs("sales.forms")
def submissions(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent by a form, a page of it."""
    one, params = queries.get_web_form_for(me(request), pk), params_of(request)
    rows = queries.submissions_for(me(request), one)
    page = keyset.page(queries.submission_legs(rows), size=PAGE, cursor=params["page"])
    context = {
        "one": one,
        "submissions": page.rows,
        "count": keyset.count(rows),
        "earlier": address("submissions", pk, params=params, page=page.earlier) if page.earlier else "",
        "later": address("submissions", pk, params=params, page=page.later) if page.later else "",
    }
    return render(request, "sales/submissions.html", context)


@require_POST
@needs("sales.forms")
def accept_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up what was held, or waits for its letter."""
    one = queries.get_submission_for(me(request), pk)
    actions.accept_submission(by=me(request), at=timezone.now(), submission=one)
    return redirect("submissions", one.form_id)


@login_not_required
@csrf_exempt  # the form stands on other people's pages too, and nobody is signed in here: there is nothing to forge
@_rarely
@never_cache
@require_http_methods(["GET", "POST"])
def web_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page: fill it in, send it."""
    one = queries.public_form(slug)
    with translation.override(one.language):
        wording, questions = queries.wording_of(one), queries.questions_of(one)
        if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_BYTES:
            return _public(request, one, "sales/web_form_thanks.html", {"too_large": True}, status=413)
        form = VisitorForm(sent(request), questions=questions, consent=wording is not None, prefix="")
        hidden = request.POST if request.method == "POST" else request.GET
        came = {key: hidden.get(key) or hidden.get(f"utm_{key}", "") for key in ("source", "campaign")}
        if request.method == "POST" and form.is_valid():
            actions.submit(
                at=timezone.now(),
                form=one,
                answers=form.answers(),
                agreed=bool(form.cleaned_data.get("agreed")),
                trapped=bool(request.POST.get(TRAP)),
                address=str(request.META.get("REMOTE_ADDR", "")),
                **{key: value[:200] for key, value in came.items()},
            )
            return _public(request, one, "sales/web_form_thanks.html", {})
        context = {"form": form, "wording": wording, "came": came, "trap": TRAP}
        return _public(request, one, "sales/web_form.html", context, status=422 if form.errors else 200)


@login_not_required
@_rarely
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_submission(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter. Opening it asks; the button confirms, for letter-boxes open links by themselves."""
    if request.method == "POST":
        try:
            one = actions.confirm_submission(at=timezone.now(), token=token)
        except actions.LinkSpent:
            return render(request, "sales/confirm_submission.html", {"spent": True}, status=410)
        with translation.override(one.language):
            return _public(request, one, "sales/web_form_thanks.html", {"confirmed": True})
    return render(request, "sales/confirm_submission.html", {"spent": False})


def _public(
    request: HttpRequest, one: WebForm, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A public page, which the sites the firm named may show within theirs."""
    response = render(request, template, {**context, "one": one}, status=status)
    if one.sites:
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": one.sites}  # type: ignore[attr-defined]
    return response


def _arrange(request: HttpRequest, form: WebFormForm, *, status: int = 0, **context: Any) -> HttpResponse:
    one: WebForm | None = context.get("one")
    context |= {"form": form, "asked": [f"ask_{key}" for key, _words in form.asked]}
    if one is not None:
        url = request.build_absolute_uri(reverse("web_form", args=[one.slug]))
        context |= {"url_public": url, "questions": queries.questions_of(one), "trap": TRAP}
    return render(request, "sales/arrange_web_form.html", context, status=status or (422 if form.errors else 200))
