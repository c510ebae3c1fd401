"""What changes a product. Each verb checks that its author may, and writes the audit trail in its transaction."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.catalogue import codes
from setia.catalogue.models import Category, Product
from setia.core import outbox, versions
from setia.core.permissions import require
from setia.core.text import line
from setia.core.words import told_changes


class CodeTaken(Exception):
    """Another product has this code. `product` is that one."""

    def __init__(self, product: Product) -> None:
        super().__init__(product.code)
        self.product = product


class NoCode(Exception):
    """A product needs a code."""


class Facts(TypedDict, total=False):
    """What a person may state about a product. `price` is in the firm's currency, for one of it."""

    code: str
    name: str
    kind: str
    category: Category | None
    price: Decimal | None
    warranty_months: int | None
    notes: str


def add(*, by: User, at: datetime, **facts: Unpack[Facts]) -> Product:
    """Add a product. Raises `NoCode` and `CodeTaken`."""
    require(by, "catalogue.add")
    product = Product(**_folded(facts), created_at=at, updated_at=at)
    if not product.code:
        raise NoCode
    try:
        with transaction.atomic():
            product.save(force_insert=True)
            _record("added", by=by, at=at, product=product)
    except IntegrityError:
        _refuse_taken_code(product)
        raise
    return product


def edit(*, by: User, at: datetime, product: Product, version: str = "", **facts: Unpack[Facts]) -> Product:
    """Save the facts that differ, and nothing else. `version` is the one the form was filled from.

    Raises `ChangedMeanwhile` (of `core.versions`), `NoCode` and `CodeTaken`.
    """
    require(by, "catalogue.edit")
    try:
        with transaction.atomic():
            current = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
            versions.check(version, versions.version_of(current.updated_at))
            changed = {
                name: (getattr(current, name), value)
                for name, value in _folded(facts).items()
                if getattr(current, name) != value
            }
            for name, (_before, value) in changed.items():
                setattr(current, name, value)
            if not current.code:
                raise NoCode
            if changed:
                current.updated_at = at
                current.save(update_fields=[*changed, "updated_at"])
                _record("edited", by=by, at=at, product=current, data={"changes": told_changes(changed)})
    except IntegrityError:
        _refuse_taken_code(current)
        raise
    return current


def archive(*, by: User, at: datetime, product: Product) -> None:
    """Take a product off the list and out of the pickers. Orders keep it."""
    require(by, "catalogue.archive")
    with transaction.atomic():
        if Product.objects.filter(pk=product.pk, archived_at=None).update(archived_at=at, updated_at=at):
            _record("archived", by=by, at=at, product=product)


def restore(*, by: User, at: datetime, product: Product) -> None:
    """Put an archived product back."""
    require(by, "catalogue.restore")
    with transaction.atomic():
        if Product.objects.filter(pk=product.pk, archived_at__isnull=False).update(archived_at=None, updated_at=at):
            _record("restored", by=by, at=at, product=product)


def category_named(name: str) -> Category | None:
    """The category of this name in any case, made when it is new; None for an empty name."""
    name = line(name)[:200]
    if not name:
        return None
    same = Category.objects.alias(folded=Lower("name")).filter(folded=Lower(Value(name)))
    found = same.first()
    if found is None:
        # Somebody may be naming it at this very moment: the unique key decides, and both get the same row.
        Category.objects.bulk_create([Category(name=name)], ignore_conflicts=True)
        found = same.get()
    return found


def _folded(facts: Facts) -> dict[str, Any]:
    folded: dict[str, Any] = dict(facts)
    if "code" in folded:
        folded["code"] = codes.code(folded["code"])
    return folded


def _refuse_taken_code(product: Product) -> None:
    if other := Product.objects.filter(code=product.code).exclude(pk=product.pk).first():
        raise CodeTaken(other)


def _record(verb: str, *, by: User, at: datetime, product: Product, data: dict[str, Any] | None = None) -> None:
    audit(by=by, at=at, verb=f"product.{verb}", about="product", about_id=product.pk, data=data)
    outbox.emit(f"product.{verb}", at=at, product_id=product.pk)
