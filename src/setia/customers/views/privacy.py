"""Requests about personal data, the copy for a person, erasure, retention and the notice of a breach."""

import io
import json
import zipfile
from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setia.accounts.queries import after_confirming, me
from setia.core.permissions import may, require
from setia.core.queries import firm
from setia.customers import actions, notices, queries
from setia.customers.models import DEADLINE
from setia.customers.privacy_forms import AnswerForm, BreachForm, RequestForm, RetentionForm

_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; }
body { max-width: 960px; margin: 32px auto; padding: 0 16px; }
h1 { font-size: 24px; } h2 { font-size: 17px; margin-top: 32px; } p { color: #4a5565; }
table { border-collapse: collapse; width: 100%; font-size: 13px; } th { text-align: left; color: #4a5565; }
th, td { border-bottom: 1px solid #d9dee5; padding: 6px 8px; vertical-align: top; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, by its deadline; what was answered; and the way to all that belongs to it."""
    require(me(request), "customers.privacy")
    now = timezone.now()
    waiting = queries.open_requests(me(request))
    context = {
        "waiting": [(one, queries.due(one, at=now)) for one in waiting],
        "closed": queries.closed_requests(me(request)),
        "may_retain": may(me(request), "customers.retain"),
        "hours": int(DEADLINE.total_seconds() // 3600),
    }
    return render(request, "customers/privacy.html", context)


@require_http_methods(["GET", "POST"])
def add_request(request: HttpRequest) -> HttpResponse:
    """Take a request down, for a customer or for somebody who is none."""
    require(me(request), "customers.privacy")
    now = timezone.now()
    form = RequestForm(
        request.POST or None,
        user=me(request),
        now=now,
        initial={"kind": request.GET.get("kind", "ACCESS"), "customer": request.GET.get("customer")},
    )
    if request.method == "POST" and form.is_valid():
        made = actions.take_request(by=me(request), at=now, **form.cleaned_data)
        return redirect("privacy_request", made.pk)
    context = {"form": form, "chosen": form.chosen()}
    return render(request, "customers/add_request.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def privacy_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what it asks, until when, what to do; and its answer."""
    one = queries.get_request_for(me(request), pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_request(by=me(request), at=timezone.now(), request=one, **form.cleaned_data)
        except actions.ReasonNeeded:
            form.add_error("answer", _("Write down why it was refused: the person may ask."))
        except actions.AlreadyClosed:
            messages.info(request, _("Somebody else has answered it meanwhile."))
            return redirect("privacy_request", pk)
        else:
            return redirect("privacy")
    letters = notices.breach(one.data, firm=firm(), due_at=one.due_at) if one.kind == "BREACH" else []
    context = {
        "one": one,
        "due": queries.due(one, at=timezone.now()),
        "form": form,
        "letters": letters,
        "may_erase": may(me(request), "customers.erase"),
        "may_hand_over": may(me(request), "customers.hand_over"),
    }
    return render(request, "customers/privacy_request.html", context, status=422 if form.errors else 200)


@require_POST
def reopen_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back."""
    one = queries.get_request_for(me(request), pk)
    actions.reopen_request(by=me(request), at=timezone.now(), request=one)
    return redirect("privacy_request", pk)


@require_http_methods(["GET", "POST"])
def breach_notice(request: HttpRequest) -> HttpResponse:
    """What the law wants told when personal data leaked: asked part by part, kept as a request with its deadline."""
    require(me(request), "customers.privacy")
    now = timezone.now()
    form = BreachForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        known_at = data.pop("known_at")
        made = actions.take_request(by=me(request), at=now, kind="BREACH", received_at=known_at, data=data)
        return redirect("privacy_request", made.pk)
    return render(request, "customers/breach_notice.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@after_confirming
def hand_over_data(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A copy of everything held about a customer, as one ZIP: data.json for machines, data.html for people."""
    customer = queries.get_customer_for(me(request), pk)
    now = timezone.now()
    actions.hand_over(by=me(request), at=now, customer=customer)
    sections = queries.bundle(customer)
    facts = {
        "format": "setia-person/1",
        "firm": firm().name,
        "customer": customer.pk,
        "made_at": now,
        "held": {one.table: one.rows for one in sections},
    }
    context = {"customer": customer, "sections": sections, "at": now}
    page = render_to_string("customers/hand_over_data.html", context, request)
    packed = _packed(facts, page, sections)
    return FileResponse(packed, as_attachment=True, filename=f"data-{customer.pk}-{now:%Y%m%d}.zip")


def _packed(facts: dict[str, Any], page: str, sections: list[queries.Section]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        archive.writestr("data.html", page)
        archive.writestr("data.css", _STYLE)
        for section in sections:
            for name, path in section.files:
                archive.write(path, f"files/{name}")
    packed.seek(0)
    return packed


@require_http_methods(["GET", "POST"])
@after_confirming
def erase_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what erasing takes and what stays; erase."""
    customer = queries.get_customer_for(me(request), pk)
    may_erase = may(me(request), "customers.erase")
    wrong = False
    if request.method == "POST":
        require(me(request), "customers.erase")
        wrong = request.POST.get("sure", "") != str(customer.pk)
        if not wrong:
            erasure = actions.erase(by=me(request), at=timezone.now(), customer=customer)
            messages.info(request, _("Erased. What stays stands under %(name)s.") % {"name": erasure.pseudonym})
            return redirect("customer_privacy", pk)
    sections = queries.bundle(customer)
    context: dict[str, Any] = {
        "customer": customer,
        "erasure": queries.erasure_of(customer),
        "may_erase": may_erase,
        "wrong": wrong,
        "goes": [(len(one.rows), one.title) for one in sections if queries.at_erasure(one.table) == "DELETE"],
        "blanked": [(len(one.rows), one.title) for one in sections if queries.at_erasure(one.table) == "BLANK"],
        "stays": [(len(one.rows), one.title) for one in sections if queries.at_erasure(one.table) == "KEEP"],
    }
    return render(request, "customers/erase_customer.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
@after_confirming
def retention(request: HttpRequest) -> HttpResponse:
    """How long each kind of data is kept, what tonight would take, and a rule changed."""
    require(me(request), "customers.retain")
    now = timezone.now()
    form = RetentionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_retention(by=me(request), at=now, **form.cleaned_data)
        except actions.UnknownKind:
            form.add_error(None, _("There is no such kind of data."))
        else:
            return redirect("retention")
    context = {"previews": queries.retention_preview(at=now), "form": form}
    return render(request, "customers/retention.html", context, status=422 if form.errors else 200)


@require_POST
@after_confirming
def retain_now(request: HttpRequest) -> HttpResponse:
    """Do tonight's round at once."""
    require(me(request), "customers.retain")
    count = sum(actions.retain(at=timezone.now()).values())
    words = ngettext("%(count)s thing was let go of.", "%(count)s things were let go of.", count)
    messages.info(request, words % {"count": count})
    return redirect(reverse("retention"))
