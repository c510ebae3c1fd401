"""Forms on the web: which there are, what they ask, and what was sent by them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.customers.queries import FieldDef, custom_fields, latest_text
from setia.sales.models import Submission, WebForm

STANDARD = ("name", "whatsapp", "email", "region", "message")
"""The questions every form can put, in their order."""


@dataclass(frozen=True)
class Question:
    """One question of a form: a standard one by its name, or one of the firm's own fields."""

    key: str
    must: bool
    field: FieldDef | None = None


def web_forms_for(user: Actor) -> QuerySet[WebForm]:
    """The forms, for those who may arrange them; open ones first."""
    if not may(user, "sales.forms"):
        return WebForm.objects.none()
    return WebForm.objects.order_by("-closed_at", "title", "id")


def get_web_form_for(user: Actor, pk: int) -> WebForm:
    """One form. Raises `Http404`."""
    found = web_forms_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def public_form(slug: str) -> WebForm:
    """The form at a public address, while it is open. Raises `Http404`."""
    found = WebForm.objects.filter(slug=slug[:60], closed_at=None).first()
    if found is None:
        raise Http404
    return found


def own_questions() -> list[FieldDef]:
    """The firm's own fields a form can ask for: all but references to other customers."""
    return [one for one in custom_fields() if one.letter != "r"]


def questions_of(form: WebForm) -> list[Question]:
    """What a form asks, in order; one of an own field that is gone or hidden is left out."""
    own = {one.key: one for one in own_questions()} if set(form.fields) - set(STANDARD) else {}
    asked = [(key, form.asks(key)) for key in (*STANDARD, *own) if form.asks(key) != WebForm.Asked.NO]
    return [Question(key, must == WebForm.Asked.MUST, own.get(key)) for key, must in asked]


def wording_of(form: WebForm) -> Any:
    """The words of consent a form shows: the latest of its purpose in its language. None where it asks for none."""
    return latest_text(form.consent_purpose, form.language) if form.consent_purpose else None


def submissions_for(user: Actor, form: WebForm) -> QuerySet[Submission]:
    """What was sent by a form, for those who may arrange forms."""
    rows = Submission.objects.filter(form=form) if may(user, "sales.forms") else Submission.objects.none()
    return rows.select_related("customer")


def submission_legs(rows: QuerySet[Submission]) -> list[Leg]:
    """The newest first."""
    return [Leg(rows, ("-at", "-id"))]


def get_submission_for(user: Actor, pk: int) -> Submission:
    """One submission with its form. Raises `Http404`."""
    rows = Submission.objects.select_related("form") if may(user, "sales.forms") else Submission.objects.none()
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
