"""Answers about products: write one, change it, say that it still holds, archive it, bring it back."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from setia.accounts.models import User
from setia.catalogue.actions import category_named
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.planning.actions._record import changed, record, told
from setia.planning.models import Answer


class AnswerFacts(TypedDict, total=False):
    """What a person may state. `product` is a product or None; `category_name` a category by name, '' for none.

    `tags` are words parted by commas.
    """

    question: str
    answer: str
    product: Any
    category_name: str
    tags: str


def add_answer(*, by: User, at: datetime, **facts: Unpack[AnswerFacts]) -> Answer:
    """Write an answer down; whoever writes it says thereby that it holds."""
    require(by, "planning.answers")
    with transaction.atomic():
        made = Answer(written_by=by, checked_by=by, checked_at=at, created_at=at, updated_at=at, **_folded(facts))
        made.save(force_insert=True)
        record("answer.added", by=by, at=at, about_id=made.pk)
    return made


def edit_answer(*, by: User, at: datetime, one: Answer, version: str = "", **facts: Unpack[AnswerFacts]) -> Answer:
    """Save the facts that differ; who changes it says that it holds. Raises `ChangedMeanwhile` (of `core.versions`)."""
    require(by, "planning.answers")
    with transaction.atomic():
        current = Answer.objects.select_for_update(of=("self",)).get(pk=one.pk)
        versions.check(version, versions.version_of(current.updated_at))
        changes = changed(current, _folded(facts))
        for name, (_before, value) in changes.items():
            setattr(current, name, value)
        if changes:
            current.updated_at = current.checked_at = at
            current.checked_by = by
            current.save(update_fields=[*changes, "updated_at", "checked_at", "checked_by"])
            record("answer.edited", by=by, at=at, about_id=current.pk, data=told(changes))
    return current


def check_answer(*, by: User, at: datetime, answer: Answer) -> None:
    """Say that it still holds."""
    require(by, "planning.answers")
    with transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(checked_at=at, checked_by=by)
        record("answer.checked", by=by, at=at, about_id=answer.pk)


def archive_answer(*, by: User, at: datetime, answer: Answer) -> None:
    """Take it out of what is found. It can be brought back."""
    require(by, "planning.answers")
    with transaction.atomic():
        if Answer.objects.filter(pk=answer.pk, archived_at=None).update(archived_at=at, updated_at=at):
            record("answer.archived", by=by, at=at, about_id=answer.pk)


def restore_answer(*, by: User, at: datetime, answer: Answer) -> None:
    """Bring an archived one back."""
    require(by, "planning.answers")
    with transaction.atomic():
        archived = Answer.objects.filter(pk=answer.pk, archived_at__isnull=False)
        if archived.update(archived_at=None, updated_at=at):
            record("answer.restored", by=by, at=at, about_id=answer.pk)


def _folded(facts: AnswerFacts) -> dict[str, Any]:
    folded: dict[str, Any] = dict(facts)
    if "question" in folded:
        folded["question"] = line(folded["question"])
    if "answer" in folded:
        folded["answer"] = paragraph(folded["answer"])
    if "tags" in folded:
        tags = (line(one).lower() for one in folded["tags"].split(","))
        folded["tags"] = ", ".join(dict.fromkeys(one for one in tags if one))
    if "category_name" in folded:
        folded["category"] = category_named(folded.pop("category_name"))
    return folded
