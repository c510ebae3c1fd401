"""The kinds of values that go in and out, with what is said about them in the interface's description.

Text comes in as the pages take it (`core.text`): one Unicode spelling, nothing unseen. Money and quantities go out as
text with a decimal point, so that no reader's floating point changes them; they may come in as numbers or as text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from setia.core import text

MOST_KEY = 2**63 - 1
_WORDS_EARLY = gettext_lazy("A moment between the years 1900 and 2200.")


class Given(BaseModel):
    """A body that comes in: what it does not know is refused, so that a misspelt field is not lost in silence."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    def said(self, *, leaving_out: tuple[str, ...] = ()) -> dict[str, Any]:
        """The fields that were given, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set if name not in leaving_out}


class Shown(BaseModel):
    """A body that goes out."""


def _fits(value: str, most: int) -> str:
    # Composed letters can take more room than their parts did.
    if len(value) > most:
        raise PydanticCustomError("string_too_long", "too long", {"max_length": most})
    return value


def _line(most: int) -> Any:
    return Annotated[str, Field(max_length=most), AfterValidator(lambda value: _fits(text.line(value), most))]


def _text(most: int) -> Any:
    return Annotated[str, Field(max_length=most), AfterValidator(lambda value: _fits(text.paragraph(value), most))]


Line60 = _line(60)
Line64 = _line(64)
Line100 = _line(100)
Line200 = _line(200)
Line300 = _line(300)
Line500 = _line(500)
Text = _text(20_000)
Key = Annotated[int, Field(ge=1, le=MOST_KEY)]
Amount = Annotated[Decimal, Field(max_digits=16, decimal_places=4, ge=0)]
Quantity = Annotated[Decimal, Field(max_digits=14, decimal_places=4)]


def _sensible(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2200:
        raise PydanticCustomError("moment_out_of_range", "out of range", {"words": _WORDS_EARLY})
    return value.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


Money = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
Day = date


class Trouble(Shown):
    """One thing that is wrong: where (a JSON pointer, or a parameter's name), what, and a code that never changes."""

    pointer: str
    detail: str
    code: str


class ProblemShown(Shown):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    todo: str
    instance: str
    errors: list[Trouble] = []


PROBLEMS = frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422, 429})
"""Statuses that any operation may answer with a problem."""


class Paged(Given):
    """Which page of a list: `cursor` is what the page before it called `next`."""

    cursor: str = Field("", max_length=4000)
    limit: int = Field(50, ge=1, le=200)
