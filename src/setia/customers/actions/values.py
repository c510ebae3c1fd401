"""Set what a customer holds in the firm's own fields. `edit` and `add` use the same check, so one save is one entry."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from setia.accounts.models import User
from setia.customers import queries, typed
from setia.customers.models import Customer
from setia.customers.queries import FieldDef


class BadValue(Exception):
    """A value does not fit its field. `field` is the key or code as given; `words` say what is wrong."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(field, words)
        self.field, self.words = field, words


class Checked(dict[str, Any]):
    """Values as `Customer.extra` keeps them, None to clear, by the fields' keys; with the words the timeline needs."""

    fields: dict[str, FieldDef]
    names: dict[int, str]

    def apply(self, extra: dict[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
        """A changed copy of `extra`, and each field that differs from what to what, in words."""
        after = dict(extra)
        changes = {}
        for key, value in self.items():
            before = after.get(key)
            if value is None:
                after.pop(key, None)
            else:
                after[key] = value
            if before != value:
                changes[key] = (self._told(key, before), self._told(key, value))
        return after, changes

    def labels(self, changes: Mapping[str, Any]) -> dict[str, str]:
        """What the changed fields are called now, for an entry that outlives them."""
        return {key: self.fields[key].label for key in changes}

    def _told(self, key: str, kept: Any) -> str:
        if kept is None:
            return ""
        field = self.fields[key]
        value = typed.loaded(field.letter, kept)
        if field.letter == "r" and value not in self.names:
            self.names |= queries.names_of([int(str(value))])
        return queries.in_words(field, value, self.names)


def checked(values: Mapping[str, Any], *, by: User | None, customer: Customer | None = None) -> Checked:
    """The values as they will be kept. Raises `BadValue` for the first that does not fit.

    A field is named by its key (`n12`) or its code (`target`). A reference must lead to another customer whom this
    person may see; where nobody is signed in (`by` is None), it leads nowhere.
    """
    found = Checked()
    found.fields, found.names = {}, {}
    if not values:
        return found
    known = {name: one for one in queries.custom_fields() for name in (one.code, one.key)}
    for name, given in values.items():
        if (field := known.get(name)) is None:
            raise BadValue(name, queries.no_such_field(name))
        try:
            value = field.parse(given)
        except ValidationError as error:
            raise BadValue(name, " ".join(error.messages)) from error
        found[field.key] = None if value is None else typed.stored(field.letter, value)
        found.fields[field.key] = field
    wanted = {value for key, value in found.items() if key[0] == "r" and value is not None}
    seen = set(queries.customers_for(by).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted and by else set()
    for key, value in found.items():
        if key[0] == "r" and value is not None and (value not in seen or (customer and value == customer.pk)):
            raise BadValue(key, queries.no_such_customer())
    found.names = queries.names_of(seen)
    return found
