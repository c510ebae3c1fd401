"""What went wrong, told to a program and to the person who reads its log: RFC 9457, in the language they asked for.

Each answer says what is wrong (`title`, `detail`), where (`errors`, with a JSON pointer or a parameter's name), and
what to do (`todo`). `type` leads to the page that explains the code.
"""

import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.customers.actions import RecordErased

log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """A kind of problem: its status, what it is called, what to do about it."""

    status: int
    title: Promise
    todo: Promise


_READ_AGAIN = gettext_lazy("Read the record again, apply your change to it, and send that.")

KINDS: dict[str, Kind] = {
    "cannot-read": Kind(
        400,
        gettext_lazy("The request cannot be read"),
        gettext_lazy("Send one JSON object in UTF-8, as the documentation of this address shows."),
    ),
    "no-token": Kind(
        401,
        gettext_lazy("A working token is needed"),
        gettext_lazy(
            "Send the header “Authorization: Bearer” with a token that was made under Settings, API, and that is"
            " neither revoked nor run out."
        ),
    ),
    "scope-missing": Kind(
        403,
        gettext_lazy("This token may not do that"),
        gettext_lazy("Make a token that has this scope, if your role allows it."),
    ),
    "not-allowed": Kind(
        403,
        gettext_lazy("The person behind this token may not do that"),
        gettext_lazy("An owner of the firm can give them the right, under Settings, People."),
    ),
    "erased": Kind(
        409,
        gettext_lazy("The data of this person was erased"),
        gettext_lazy("Their record stays empty. If they come back, add a new customer."),
    ),
    "not-found": Kind(
        404,
        gettext_lazy("There is nothing here"),
        gettext_lazy("Check the address and the key. What you may not see is not found either."),
    ),
    "method-not-allowed": Kind(
        405,
        gettext_lazy("This address does not take this method"),
        gettext_lazy("Use one of the methods in the header Allow."),
    ),
    "taken": Kind(
        409,
        gettext_lazy("Another record has this already"),
        gettext_lazy("Change that record instead, or use another value."),
    ),
    "twins": Kind(
        409,
        gettext_lazy("This customer may be here already"),
        gettext_lazy(
            "Look at the candidates and change the right one; if none is the same customer, send again with force=true."
        ),
    ),
    "in-the-way": Kind(
        409,
        gettext_lazy("The record is in a state that does not allow this"),
        gettext_lazy("Read the record again; the detail says what stands in the way."),
    ),
    "still-running": Kind(
        409,
        gettext_lazy("The first request with this key is still running"),
        gettext_lazy("Wait a moment, then send the same request again; it gets the first one's answer."),
    ),
    "at-once": Kind(
        409,
        gettext_lazy("Somebody changed the same record in the same moment"),
        gettext_lazy("Nothing was changed by this request; send it again."),
    ),
    "changed-meanwhile": Kind(412, gettext_lazy("Somebody has changed this record meanwhile"), _READ_AGAIN),
    "too-large": Kind(
        413,
        gettext_lazy("The request is too large"),
        gettext_lazy("Send fewer records at once, or import a file."),
    ),
    "wrong-type": Kind(
        415,
        gettext_lazy("The body has a type that is not read here"),
        gettext_lazy("Send JSON, with the header “Content-Type: application/json”."),
    ),
    "invalid": Kind(
        422,
        gettext_lazy("Something in the request needs another look"),
        gettext_lazy("Mend what “errors” names, then send again. Nothing was changed."),
    ),
    "key-reused": Kind(
        422,
        gettext_lazy("This idempotency key belongs to another request"),
        gettext_lazy("Use a fresh key for each request, and the same one only to repeat it unchanged."),
    ),
    "too-many": Kind(
        429,
        gettext_lazy("Too many requests"),
        gettext_lazy("Wait as many seconds as the header Retry-After says."),
    ),
    "fault": Kind(
        500,
        gettext_lazy("Something went wrong"),
        gettext_lazy("The fault is ours and has been written down. Try again in a moment, or report the reference."),
    ),
}


class Problem(Exception):
    """A request that cannot be answered as asked. `code` is one of `KINDS`; `more` becomes members of the answer."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        self.more = more

    @property
    def status(self) -> int:
        return KINDS[self.code].status

    def told(self) -> dict[str, Any]:
        """The problem as the members of RFC 9457, with `todo`, and `errors` where there are some."""
        kind = KINDS[self.code]
        whole: dict[str, Any] = {
            "type": f"{settings.BASE_URL}/api/docs/#{self.code}",
            "title": str(kind.title),
            "status": kind.status,
            "detail": self.detail or str(kind.title),
            "code": self.code,
            "todo": str(kind.todo),
        }
        if self.errors:
            whole["errors"] = self.errors
        return whole | self.more


def wrong(pointer: str, detail: str, code: str = "invalid") -> dict[str, str]:
    """One entry of `errors`: where, what is wrong there, and a code that never changes with the language."""
    return {"pointer": pointer, "detail": detail, "code": code}


def invalid(pointer: str, detail: str, code: str = "invalid") -> Problem:
    """A problem with one thing of the request."""
    return Problem("invalid", detail, errors=[wrong(pointer, detail, code)])


def of_denied(error: PermissionDenied) -> Problem:
    """The problem for what was refused: by the record, to everybody; else to whoever asked."""
    return Problem("erased") if isinstance(error, RecordErased) else Problem("not-allowed")


def respond(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The problem as an answer; a fault of ours gets a reference that also stands in the log."""
    whole = problem.told() | {"instance": request.path}
    if problem.status >= 500:
        whole["reference"] = secrets.token_hex(4).upper()
        log.error("%s %s %s", whole["reference"], request.method, request.path, exc_info=problem.__cause__)
    response = JsonResponse(whole, status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def from_fields(found: Iterable[Mapping[str, Any]]) -> Problem:
    """What the schemas found wrong, each in the reader's words, with a pointer into the body or a parameter's name."""
    errors = []
    for one in found:
        place, *steps = one.get("loc", ("body",))
        if place == "body":
            pointer = "".join(f"/{step}" for step in steps[1:]) if steps else ""
        else:
            pointer = str(steps[-1]) if steps else str(place)
        errors.append(wrong(pointer, _words(str(one.get("type", "")), one.get("ctx") or {}), str(one.get("type", ""))))
    return Problem("invalid", errors[0]["detail"] if errors else "", errors=errors)


def _words(kind: str, ctx: Mapping[str, Any]) -> str:
    """A pydantic error in the reader's language; codes: pydantic's documentation, “Validation errors”."""
    match kind:
        case "missing":
            return _("This is needed.")
        case "extra_forbidden":
            return _("There is no field of this name. Check its spelling.")
        case "string_too_long" | "bytes_too_long":
            return _("At most %(most)s characters.") % {"most": ctx.get("max_length")}
        case "string_too_short" | "too_short":
            return _("This must not be empty.")
        case "too_long":
            return _("At most %(most)s of them.") % {"most": ctx.get("max_length")}
        case "literal_error" | "enum":
            return _("One of: %(values)s.") % {"values": str(ctx.get("expected", "")).replace("'", "")}
        case "string_type" | "string_unicode" | "string_sub_type":
            return _("This must be text.")
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return _("This must be a whole number.")
        case "bool_type" | "bool_parsing":
            return _("This must be true or false.")
        case "greater_than_equal":
            return _("At least %(least)s.") % {"least": ctx.get("ge")}
        case "greater_than":
            return _("More than %(least)s.") % {"least": ctx.get("gt")}
        case "less_than_equal":
            return _("At most %(most)s.") % {"most": ctx.get("le")}
        case "less_than":
            return _("Less than %(most)s.") % {"most": ctx.get("lt")}
        case "list_type" | "tuple_type":
            return _("This must be a list.")
        case "dict_type" | "model_type" | "model_attributes_type" | "json_invalid":
            return _("This must be a JSON object.")
        case "none_required":
            return _("This must be left out.")
    if kind.startswith("decimal") or kind == "finite_number":
        return _("This must be a number such as 12500 or “12500.50”, with at most 4 decimals.")
    if kind.startswith(("date_", "date")) and not kind.startswith("datetime"):
        return _("This must be a day, as 2026-03-31.")
    if kind.startswith(("datetime", "timezone")):
        return _("This must be a moment, as 2026-03-31T14:05:00+07:00.")
    return str(ctx.get("words") or _("This value is not accepted."))
