"""On the way: the page that works without a network, the day it takes along, and the door for what was done there.

The page itself holds nothing of anybody, so that a device may keep it: what is in it comes from the day's own address
and lies on the device in a store of that person. The door answers in JSON what became of each thing: done, refused
(with words), or a conflict (with how it stands here).
"""

import base64
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.models import User
from setia.accounts.queries import me
from setia.core.once import StillRunning
from setia.core.permissions import may, needs
from setia.core.queries import current_firm
from setia.core.versions import collided, vanished
from setia.customers import actions as customers
from setia.sales import actions, queries
from setia.sales.field_forms import Envelope, fact_form, fingerprint, said
from setia.sales.models import Activity

MOST_TEXT = 200_000


@require_GET
@needs("sales.view")
def field(request: HttpRequest) -> HttpResponse:
    """The page that works without a network. It is the same for everybody."""
    return render(request, "sales/field.html", {"outcomes": Activity.Outcome.choices})


@require_GET
@needs("sales.view")
def field_day(request: HttpRequest) -> HttpResponse:
    """What the reader takes along today, who they are, and what sending needs: a token, the server's time, a key.

    The key locks the reader's store on the device. It is the same at each asking and is never kept in the clear there.
    """
    user, now, house = me(request), timezone.now(), current_firm()
    today = house.day_of(now)
    answer = queries.field_day(user, today=today) | {
        "person": {"id": user.pk, "name": str(user)},
        "token": get_token(request),
        "now": int(now.timestamp() * 1000),
        "today": today.isoformat(),
        "zone": house.zone,
        "currency": house.currency,
        "lock": _lock(user),
        "may": {
            "act": may(user, "sales.activities"),
            "note": may(user, "customers.note"),
            "photo": may(user, "customers.edit"),
            "order": may(user, "orders.add"),
            "prospect": may(user, "sales.prospects") and may(user, "customers.add"),
        },
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_POST
@needs("sales.activities")
def send_field(request: HttpRequest) -> HttpResponse:
    """Take in one thing that was done on the way."""
    sent, photo = _read(request.POST.get("sent", "")), request.FILES.get("photo")
    envelope = Envelope(sent)
    user, now = me(request), timezone.now()
    if not envelope.is_valid():
        return _refused([_("Setia cannot read what this device sent. Open the page again while there is a network.")])
    data = envelope.cleaned_data
    if data["person"] != user.pk:
        return JsonResponse({"state": "somebody else"}, status=409)
    if photo is not None and (photo.size or 0) > customers.MOST_BYTES:
        return _refused([str(_words()[customers.FileTooLarge])])
    facts = sent.get("facts")
    form = fact_form(
        data["kind"],
        facts if isinstance(facts, dict) else {},
        user=user,
        photo=photo,
        ahead_ms=data["sent_at"] - int(now.timestamp() * 1000),
    )
    if not form.is_valid():
        return _refused(said(form))
    try:
        done = actions.receive(
            by=user,
            at=now,
            key=data["key"],
            kind=data["kind"],
            fingerprint=fingerprint(sent, photo),
            told=envelope.told(),
            facts=form.facts(),
        )
    except Exception as error:
        answer = _conflict(user, error) or _problem(error)
        if answer is None:
            raise
        return answer
    return JsonResponse({"state": "done", "repeated": done.repeated} | done.answer)


def _read(text: str) -> dict[str, Any]:
    if len(text) > MOST_TEXT:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _conflict(user: User, error: Exception) -> HttpResponse | None:
    """How it stands here, where that is not as the device knew it."""
    told: dict[str, Any]
    if isinstance(error, actions.MetOtherwise):
        told = {"about": "activity", "stands": queries.standing_card(user, error.activity.pk)}
    elif isinstance(error, actions.CostsOtherwise):
        prices = [{"product": pk, "price": None if price is None else str(price)} for pk, price in error.prices]
        told = {"about": "prices", "prices": prices}
    elif isinstance(error, customers.KnownAlready):
        colleague = ""
        if error.elsewhere:
            who = error.elsewhere.who
            colleague = (
                _("A colleague looks after this customer already: %(name)s.") % {"name": who}
                if who
                else _("This customer is known here already, and you may not see them.")
            )
        twins = [
            {"id": twin.customer.pk, "name": twin.customer.display_name, "reasons": twin.reasons}
            for twin in error.twins
        ]
        told = {"about": "twins", "twins": twins, "colleague": colleague}
    else:
        return None
    return JsonResponse({"state": "conflict"} | told, status=409)


def _problem(error: Exception) -> HttpResponse | None:
    """What is wrong, in words; None for what is nobody's fault but ours."""
    if isinstance(error, StillRunning) or (isinstance(error, OperationalError) and collided(error)):
        return JsonResponse({"state": "later"}, status=503, headers={"Retry-After": "2"})
    if isinstance(error, actions.NotHereYet):
        return JsonResponse({"state": "earlier"}, status=409)
    if isinstance(error, Http404) or vanished(error):
        return _refused([_("What it was about is no longer there, or no longer yours to see.")], status=404)
    if isinstance(error, actions.NotYours):
        return _refused([str(error.plain)], status=403)
    if isinstance(error, PermissionDenied):
        return _refused([_("Your role does not include this any more.")], status=403)
    words = next((words for kind, words in _words().items() if isinstance(error, kind)), None)
    return None if words is None else _refused([str(words)])


def _words() -> dict[type[Exception], str]:
    return {
        actions.OtherAction: _("This device used one key for two things. Enter it once more."),
        actions.NothingSaid: _("There is nothing in the note."),
        actions.NoVisit: _("Nobody has arrived there yet."),
        actions.NoCustomer: _("A photo belongs to a customer, and this visit is about none."),
        actions.NotForThem: _("Who does it must see the customer and still be with the firm."),
        customers.RecordErased: _("This customer was erased on their wish; nothing may be written about them again."),
        customers.FileTooLarge: _("This picture is too large."),
        customers.FileRefused: _("This is no picture that can be opened. Keep it as JPEG, PNG or WebP."),
        customers.NotAContact: _("One of the contacts cannot be one."),
    }


def _refused(words: list[str], *, status: int = 422) -> HttpResponse:
    return JsonResponse({"state": "refused", "words": words}, status=status)


def _lock(user: User) -> str:
    """32 bytes that only this Setia can tell, for this person alone, in base64."""
    mark = salted_hmac("setia.sales.field", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(mark).decode("ascii")
