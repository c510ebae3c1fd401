"""Which tables hold the key of a customer, and what a merge does with their rows.

A room that keys customers says so, one line per table, in its `queries`, and `setia.listeners.CUSTOMER_KEYS` gathers
them; a test fails when a key is missing there. From that line follows everything: a merge gives the rows to the
survivor, an unmerge gives back those it gave, the preview counts them.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Key:
    """A column that holds a customer's key. Its table's own key must be a whole number.

    `words` counts its rows for a reader: `ngettext_lazy("%(count)s order", "%(count)s orders", "count")`; without
    words the preview does not speak of them. What a customer may have only once stays with the record merged away
    where the survivor has it already, unseen, and is there again after an unmerge:

    * `once`: columns no two rows of one customer may share; `when`: SQL that a row must fulfil for that to matter;
    * `alone`: a customer may have one row only;
    * `single`: a yes-or-no column that only one row of a customer may say yes to: the survivor's goes before;
    * `apart`: columns that hold another customer's key: a row between two who become one would point to itself.

    `stays` says why rows are *not* given to the survivor at all.
    """

    model: type[Model]
    field: str
    words: Any = ""
    once: tuple[str, ...] = ()
    alone: bool = False
    when: str = "true"
    single: str = ""
    apart: tuple[str, ...] = ()
    stays: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def column(self) -> str:
        return str(self.model._meta.get_field(self.field).column)  # type: ignore[union-attr]


def customer_keys() -> tuple[Key, ...]:
    """Every key of a customer in the house, as the rooms above have said (`settings.SETIA_CUSTOMER_KEYS`)."""
    keys: tuple[Key, ...] = import_string(settings.SETIA_CUSTOMER_KEYS)
    return keys
