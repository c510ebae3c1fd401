"""Letters of selling: whether what a form sent came from the owner of the address, and which prospects lie idle."""

from contextlib import suppress

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from setia.accounts.models import User
from setia.core import mail
from setia.core.queries import firm
from setia.sales.actions import fresh_link
from setia.sales.models import Submission

_NAMED = 20


def send_confirmation(submission_id: int) -> None:
    """Send the letter of a submission that waits for it. Nothing the sender typed stands in it but their address, so
    that nobody can send words of their own through the firm. Raises `MailTrouble`.
    """
    waiting = Submission.objects.select_related("form").filter(pk=submission_id, state=Submission.State.WAITING)
    one = waiting.first()
    if one is None:
        return
    url = f"{settings.BASE_URL}{reverse('confirm_submission', args=[fresh_link(submission=one)])}"
    with override(one.form.language):
        mail.send(
            to=str(one.answers["email"]),
            subject=_("Confirm your address: %(firm)s") % {"firm": firm().name or "Setia"},
            body=_(
                "Hello,\n\nsomebody filled in our form “%(form)s” with this e-mail address. If it was you, open this"
                " link and press the button:\n%(url)s\n\nIt works once, for seven days. If it was not you, ignore this"
                " letter: nothing is kept.\n"
            )
            % {"form": one.form.title, "url": url},
        )


def send_warning(person: int, names: list[str]) -> None:
    """Tell somebody which of their prospects will be given away unless they are in touch. Where no letter can leave,
    the records alone tell it.
    """
    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None or not mail.can_send():
        return
    more, url = len(names) - _NAMED, f"{settings.BASE_URL}{reverse('prospects')}?owner=me"
    with override(user.language or firm().language), suppress(mail.MailTrouble):
        lines = [f"- {name}" for name in names[:_NAMED]]
        lines += [_("- and %(count)s more") % {"count": more}] if more > 0 else []
        mail.send(
            to=user.email,
            subject=_("Prospects that nobody was in touch with"),
            body=_(
                "Hello %(name)s,\n\nnobody was in touch with these prospects of yours for long. They go to somebody"
                " else soon unless you are:\n\n%(list)s\n\n%(url)s\n"
            )
            % {
                "name": str(user),
                "list": "\n".join(lines),
                "url": url,
            },
        )
