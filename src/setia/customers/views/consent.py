"""Consent on a customer's record, the page of their data and privacy, and the wordings customers are shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.core.queries import today
from setia.customers import actions, queries
from setia.customers.models import Answer
from setia.customers.privacy_forms import ConsentForm, ConsentTextForm


@require_safe
def customer_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer may be contacted for, as the block their record loads."""
    customer = queries.get_customer_for(me(request), pk)
    lines = queries.consent_of(customer, on=today(at=timezone.now()))
    return render(request, "customers/customer_consent.html", {"customer": customer, "lines": lines})


@require_safe
def customer_privacy(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's data and privacy: consent with its history, requests, a copy of everything, erasure."""
    customer = queries.get_customer_for(me(request), pk)
    now = timezone.now()
    context = {
        "customer": customer,
        "lines": queries.consent_of(customer, on=today(at=now)),
        "history": queries.consent_history(customer),
        "requests": [(one, queries.due(one, at=now)) for one in queries.requests_of(me(request), customer)],
        "erasure": queries.erasure_of(customer),
        "may_hand_over": may(me(request), "customers.hand_over"),
        "may_answer": may(me(request), "customers.privacy"),
        "may_erase": may(me(request), "customers.erase"),
    }
    return render(request, "customers/customer_privacy.html", context)


@require_http_methods(["GET", "POST"])
def change_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a yes or a no."""
    customer = queries.get_customer_for(me(request), pk)
    now = timezone.now()
    initial: dict[str, Any] = {name: request.GET[name] for name in ("purpose", "state") if name in request.GET}
    form = ConsentForm(request.POST or None, today=today(at=now), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        proof: dict[str, Any] = {"how": said["how"], "said_at": form.said_at(), "evidence": said["evidence"]}
        who: dict[str, Any] = {"by": me(request), "at": now, "customer": customer}
        try:
            if said["state"] == Answer.State.GRANTED:
                actions.grant(
                    **who, purpose=said["purpose"], channels=said["channels"], guardian=said["guardian"], **proof
                )
            else:
                actions.withdraw(**who, purpose=said["purpose"], channels=said["channels"], **proof)
        except actions.GuardianNeeded:
            form.add_error("guardian", _("This customer is under 18. Write down which parent or guardian agreed."))
        else:
            return redirect("customer_privacy", pk)
    context = {"form": form, "customer": customer, "texts": queries.texts_in_use()}
    return render(request, "customers/change_consent.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("customers.view")
def consent_texts(request: HttpRequest) -> HttpResponse:
    """The wordings in use, and a new version of one."""
    may_word = may(me(request), "customers.word_consent")
    form = ConsentTextForm(request.POST or None, initial={"purpose": request.GET.get("purpose", "MARKETING")})
    if request.method == "POST" and form.is_valid():
        made = actions.word_consent(by=me(request), at=timezone.now(), **form.cleaned_data)
        messages.info(
            request,
            _("Version %(version)s is in use from now on. Who agreed to an earlier one agreed to that one.")
            % {"version": made.version},
        )
        return redirect("consent_texts")
    context = {"form": form, "texts": queries.texts_in_use(), "may_word": may_word}
    return render(request, "customers/consent_texts.html", context, status=422 if form.errors else 200)
