"""May this customer be contacted, for what, and how? Whoever sends anything asks here, at the moment of sending.

`may_contact` answers for one customer with the reason, `contactable` is the same rule for a million at once. The rule:

1. nobody who was erased, and no channel on which the customer has no contact point;
2. a no closes its purpose and channel, whatever else was said;
3. orders and service rest on the contract (Law 27/2022, article 20 (2) b); everything else needs a yes,
   and a child's yes needs a guardian's name (article 25);
4. a customer who prefers one channel is contacted there wherever that one is open, and elsewhere only for orders and
   service or where it is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from setia.core.queries import firm
from setia.customers.models import Answer, Consent, ConsentEntry, ConsentText, ContactPoint, Customer, Erasure, Purpose
from setia.customers.queries.gate import merged_into

ADULT_AGE = 18

REASONS: dict[str, Promise] = {
    "YES": _("agreed"),
    "CONTRACT": _("needs no consent"),
    "ERASED": _("erased"),
    "NO_ADDRESS": _("no contact of this kind"),
    "WITHDRAWN": _("said no"),
    "NOT_ASKED": _("not asked yet"),
    "GUARDIAN": _("a child: a guardian has to agree"),
    "PREFERS_OTHER": _("prefers another channel"),
}


@dataclass(frozen=True)
class Permission:
    """Whether a customer may be contacted. `reason` is a key of `REASONS`; `instead` the channel they prefer."""

    allowed: bool
    reason: str
    instead: str = ""

    @property
    def words(self) -> str:
        """The reason in the reader's language."""
        return str(REASONS[self.reason])


def may_contact(customer: Customer, purpose: str, channel: str, *, on: date) -> Permission:
    """Whether a customer may be contacted for a purpose on a channel, as of the firm's day `on`. Three queries."""
    return _Known(customer, on).permission(purpose, channel)


def contactable(customers: QuerySet[Customer], purpose: str, channel: str, *, on: date) -> QuerySet[Customer]:
    """Those of `customers` whom `may_contact` allows, in one query."""
    found = customers.filter(_has_point(channel), ~Exists(Erasure.objects.filter(customer_key=OuterRef("pk"))))
    found = found.filter(_open(purpose, channel, on))
    if purpose == Purpose.SERVICE:
        return found
    preferred = ContactPoint.objects.filter(customer=OuterRef("pk"), preferred=True)
    elsewhere = Q()
    for other in ContactPoint.Kind.values:
        if other != channel:
            elsewhere |= Q(Exists(preferred.filter(kind=other))) & _open(purpose, other, on)
    return found.exclude(elsewhere)


def age_on(birthday: date, day: date) -> int:
    """Full years on a day. Somebody born on 29 February is a year older on 1 March."""
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


def latest_text(purpose: str, language: str = "") -> ConsentText | None:
    """The wording in use for a purpose, in the firm's language unless another is named."""
    texts = ConsentText.objects.filter(purpose=purpose, language=language or firm().language)
    return texts.order_by("-version").first()


def texts_in_use() -> list[ConsentText]:
    """The wording in use of each purpose and language."""
    texts = ConsentText.objects.select_related("by").order_by("purpose", "language", "-version")
    return list(texts.distinct("purpose", "language"))


@dataclass
class Line:
    """One purpose on the page of a customer: for each channel they have, whether it is open, and why."""

    purpose: str
    words: str
    channels: list[tuple[str, str, Permission]] = field(default_factory=list)


def consent_of(customer: Customer, *, on: date) -> list[Line]:
    """What a customer may be contacted for, purpose by purpose, on the channels they have. Three queries."""
    known = _Known(customer, on)
    kinds = [kind for kind in ContactPoint.Kind if kind in known.kinds]
    return [
        Line(
            purpose,
            str(purpose.label),
            [(kind, str(kind.label), known.permission(purpose, kind)) for kind in kinds],
        )
        for purpose in Purpose
    ]


def consent_history(customer: Customer, *, most: int = 50) -> list[ConsentEntry]:
    """The latest answers, newest first, with their wording and who wrote them down: also of those merged into them."""
    entries = ConsentEntry.objects.filter(customer__in=[customer.pk, *merged_into(customer)])
    return list(entries.select_related("by", "text").order_by("-id")[:most])


class _Known:
    """All that the rule asks about one customer."""

    def __init__(self, customer: Customer, on: date) -> None:
        self.customer, self.on = customer, on
        points = list(ContactPoint.objects.filter(customer=customer).values_list("kind", "preferred"))
        self.kinds = {kind for kind, _preferred in points}
        self.preferred = next((kind for kind, preferred in points if preferred), "")
        answers: Iterable[Consent] = Consent.objects.filter(customer=customer)
        self.answers = {(one.purpose, one.channel): one for one in answers}
        self.erased = Erasure.objects.filter(customer_key=customer.pk).exists()

    def permission(self, purpose: str, channel: str) -> Permission:
        if self.erased:
            return Permission(False, "ERASED")
        if channel not in self.kinds:
            return Permission(False, "NO_ADDRESS")
        standing = self._standing(purpose, channel)
        if not standing.allowed or purpose == Purpose.SERVICE:
            return standing
        if self.preferred and self.preferred != channel and self._standing(purpose, self.preferred).allowed:
            return Permission(False, "PREFERS_OTHER", self.preferred)
        return standing

    def _standing(self, purpose: str, channel: str) -> Permission:
        answer = self.answers.get((purpose, channel))
        if answer is not None and answer.state == Answer.State.WITHDRAWN:
            return Permission(False, "WITHDRAWN")
        if purpose == Purpose.SERVICE:
            return Permission(True, "CONTRACT")
        if answer is None:
            return Permission(False, "NOT_ASKED")
        born = self.customer.birthday
        if born and age_on(born, self.on) < ADULT_AGE and not answer.guardian:
            return Permission(False, "GUARDIAN")
        return Permission(True, "YES")


def _has_point(channel: str) -> Exists:
    return Exists(ContactPoint.objects.filter(customer=OuterRef("pk"), kind=channel))


def _open(purpose: str, channel: str, on: date) -> Q:
    """Rules 2 and 3 as a condition on customers."""
    answers = Consent.objects.filter(customer=OuterRef("pk"), purpose=purpose, channel=channel)
    if purpose == Purpose.SERVICE:
        return ~Q(Exists(answers.filter(state=Answer.State.WITHDRAWN)))
    yes = answers.filter(state=Answer.State.GRANTED)
    grown = Q(birthday=None) | Q(birthday__lte=_born_by(on))
    return Q(Exists(yes)) & (grown | Q(Exists(yes.exclude(guardian=""))))


def _born_by(on: date) -> date:
    """The latest birthday of somebody who is grown up on a day."""
    try:
        return on.replace(year=on.year - ADULT_AGE)
    except ValueError:  # 29 February: born on 1 March of that year, they are grown up only tomorrow
        return date(on.year - ADULT_AGE, 2, 28)
