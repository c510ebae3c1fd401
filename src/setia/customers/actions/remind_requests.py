"""Letters about deadlines: a request about personal data is due within a day, or its day has passed.

Home shows the nearest deadline to whoever opens it; the law (27/2022) counts the hours of a weekend, too.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.core import mail
from setia.core.queries import firm
from setia.customers.models import PrivacyRequest
from setia.customers.queries.privacy import SOON, due, requests_for

log = logging.getLogger(__name__)


def remind_requests(*, at: datetime) -> int:
    """Write to everybody who may answer a request when its deadline is a day away, and once more when it has passed.

    Each reminder is claimed by the row before anything leaves, so that two workers never both write; where nobody
    could be reached, the claim is given back and the next round tries again. Returns how many letters left.
    """
    if not mail.can_send():
        return 0
    people = [one for one in everybody() if one.is_active]
    sent = 0
    near = PrivacyRequest.objects.filter(state=PrivacyRequest.State.OPEN, due_at__lte=at + SOON).order_by("due_at")
    for request in near:
        word = due(request, at=at)
        claimed = PrivacyRequest.objects.filter(pk=request.pk, state=PrivacyRequest.State.OPEN)
        if not claimed.exclude(reminded=word).update(reminded=word):
            continue
        reached = sum(_write(one, request, word) for one in people if requests_for(one).filter(pk=request.pk).exists())
        if reached:
            about, key = ("customer", request.customer_id) if request.customer_id else ("request", request.pk)
            data = {"request": request.pk, "kind": request.kind, "people": reached}
            audit(by=None, at=at, verb="request.reminded", about=about, about_id=key, data=data)
        else:
            claimed.filter(reminded=word).update(reminded=request.reminded)
        sent += reached
    return sent


def _write(person: User, request: PrivacyRequest, word: str) -> bool:
    """One letter, which names nobody: letters lie about in mailboxes. False when it did not leave."""
    house = firm()
    with override(person.language or house.language):
        facts = {
            "name": str(person),
            "what": request.get_kind_display(),
            "until": f"{request.due_at.astimezone(house.tz):%d.%m.%Y %H:%M} {house.Zone(house.zone).name}",
            "url": settings.BASE_URL + reverse("privacy_request", args=[request.pk]),
        }
        if word == "LATE":
            subject = _("The deadline of a request about personal data has passed")
            body = _(
                "Hello %(name)s,\n\na request about personal data (%(what)s) should have been answered by %(until)s."
                " Answer it now, or write down why it is refused:\n%(url)s\n"
            )
        else:
            subject = _("A request about personal data is due within a day")
            body = _(
                "Hello %(name)s,\n\na request about personal data (%(what)s) is to be answered by %(until)s, as"
                " Law 27/2022 asks:\n%(url)s\n"
            )
        try:
            mail.send(to=person.email, subject=subject, body=body % facts)
        except mail.MailTrouble as trouble:
            log.warning("a reminder of request %s did not leave: %s", request.pk, trouble.reason)
            return False
    return True
