"""What every request passes: the token, its speed limit, its scope, the idempotency key; and how answers are written.

    @offer(router, "POST", "/customers", "customers.add", answers={201: Customer}, once=True, summary=_("Add …"))
    def add_customer(request: Asked, given: NewCustomer) -> HttpResponse: …

An operation takes `Asked` (with `.token` and `.user`), calls one query or action as that user, and answers by `answer`.
"""

import functools
import hashlib
import inspect
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import BaseModel

from setia.accounts.models import User
from setia.api import actions, problems, queries
from setia.api.actions.answers import OtherRequest, StillRunning
from setia.api.models import Token
from setia.api.problems import Problem
from setia.core.permissions import require
from setia.core.versions import ChangedMeanwhile, collided, vanished

log = logging.getLogger(__name__)

MOST_BYTES = 2_500_000
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Asked(HttpRequest):
    """A request that came in by a token."""

    token: Token
    user: User


class Bearer(HttpBearer):
    """Lets a request in by its token, if the token is not too fast and has the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> Token:
        token = super().__call__(request)
        if token is None:
            raise Problem("no-token", headers={"WWW-Authenticate": 'Bearer realm="setia"'})
        return cast(Token, token)

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """The token behind the header. Raises `Problem` for one that opens nothing, or not this."""
        now = timezone.now()
        found = queries.holder_of(token.strip(), at=now)
        if found is None:
            _slow_down_guessing(request)
            raise Problem("no-token", headers={"WWW-Authenticate": 'Bearer realm="setia", error="invalid_token"'})
        metered = actions.count(found, at=now)
        limits = {"RateLimit-Limit": str(found.per_minute), "RateLimit-Remaining": str(metered.remaining)}
        request.limits = limits  # type: ignore[attr-defined]
        if not metered.passes:
            words = _("This token may send %(most)s requests a minute.") % {"most": found.per_minute}
            raise Problem("too-many", words, headers={"Retry-After": str(metered.wait_seconds)})
        if self.scope not in found.scopes:
            raise Problem(
                "scope-missing", _("The scope %(scope)s is missing.") % {"scope": self.scope}, scope=self.scope
            )
        # A token never does more than its holder may now: a role that shrank shrinks its tokens.
        require(found.user, self.scope)
        actions.touch(found, at=now)
        request.token, request.user = found, found.user  # type: ignore[attr-defined]
        return found


api = NinjaAPI(
    title="Setia",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)


def offer(
    router: Router,
    method: str,
    path: str,
    scope: str,
    *,
    answers: Mapping[Any, Any],
    summary: str,
    once: bool = False,
    conditional: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Offer an operation under an address, to tokens with a scope.

    `once` lets a request carry an `Idempotency-Key`; `conditional` an `If-Match`. `summary` is a translatable string
    in English, as are the first lines of docstrings never shown.
    """

    def wrap(operation: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        known = _parameters(operation)

        @functools.wraps(operation)
        def run(request: Asked, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if unknown := sorted(set(request.GET) - known):
                words = _("There is no parameter of this name here. Known are: %(names)s.")
                names = ", ".join(sorted(known)) or "–"
                raise Problem(
                    "invalid", errors=[problems.wrong(name, words % {"names": names}, "unknown") for name in unknown]
                )
            key = request.headers.get("Idempotency-Key", "") if once else ""
            if not key:
                return operation(request, *args, **kwargs)
            return _once(request, key, lambda: cast(HttpResponse, operation(request, *args, **kwargs)))

        more: dict[str, Any] = {"x-scope": scope, **(extra or {})}
        headers = [name for name, wanted in (("Idempotency-Key", once), ("If-Match", conditional)) if wanted]
        if headers:
            more["parameters"] = [{"name": name, "in": "header", "schema": _HEADERS[name]} for name in headers]
        router.api_operation(
            [method],
            path,
            auth=Bearer(scope),
            response=dict(answers),
            summary=summary,
            operation_id=operation.__name__,
            openapi_extra=more,
        )(run)
        return run

    return wrap


_HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"type": "string", "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    "If-Match": {"type": "string", "maxLength": 200, "pattern": "^[ -~]{1,200}$"},
}


def _parameters(operation: Callable[..., Any]) -> set[str]:
    """The names an address may carry after its question mark: the fields of the model annotated as `Query`."""
    known: set[str] = set()
    for one in inspect.signature(operation).parameters.values():
        model = (get_args(one.annotation) or (None,))[0]
        if isinstance(model, type) and issubclass(model, BaseModel):
            known |= set(model.model_fields)
    return known


def _once(request: Asked, key: str, do: Callable[[], HttpResponse]) -> HttpResponse:
    if not _KEY.fullmatch(key):
        words = _("An idempotency key is 1 to 200 letters, digits and signs, without spaces.")
        raise Problem("invalid", words, errors=[problems.wrong("Idempotency-Key", words)])
    try:
        response, repeated = actions.once(
            do, token=request.token, key=key, fingerprint=_fingerprint(request), at=timezone.now()
        )
    except OtherRequest as error:
        raise Problem("key-reused") from error
    except StillRunning as error:
        raise Problem("still-running", headers={"Retry-After": "1"}) from error
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        for name in sorted(request.POST):
            digest.update(f"{name}={request.POST.getlist(name)}\n".encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest.update(f"{name}\n".encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _slow_down_guessing(request: HttpRequest) -> None:
    """Count refused tokens by network address. Raises `Problem` when there are too many."""
    if not ratelimit.consume(request, app="allauth.account", action="api_refused", limit_get=True):
        raise Problem("too-many", headers={"Retry-After": "60"})


def answer(
    body: BaseModel | None, *, status: int = 200, etag: str = "", location: str = "", request: HttpRequest | None = None
) -> HttpResponse:
    """An answer of JSON. With `request`, one that names this very `etag` in If-None-Match gets 304."""
    if etag and request is not None and _names(request.headers.get("If-None-Match", ""), etag):
        response = HttpResponse(status=304)
    elif body is None:
        response = HttpResponse(status=204)
        del response.headers["Content-Type"]
    else:
        response = HttpResponse(body.model_dump_json(), status=status, content_type="application/json")
    if etag:
        response.headers["ETag"] = f'"{etag}"'
    if location:
        response.headers["Location"] = location
    return response


def _names(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in {one.strip().removeprefix("W/").strip('"') for one in header.split(",")}


def expected(request: HttpRequest) -> str:
    """The version in If-Match, for `core.versions.check`; '' where any will do. What is no version agrees with none."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return ""
    return header.removeprefix("W/").strip('"').split("-")[0] or "none"


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.respond(request, problem)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.respond(request, problems.from_fields(error.errors))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.respond(request, Problem("not-found"))


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problems.respond(request, problems.of_denied(error))


@api.exception_handler(ChangedMeanwhile)
def _changed(request: HttpRequest, error: ChangedMeanwhile) -> HttpResponse:
    return problems.respond(request, Problem("changed-meanwhile"))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, RequestDataTooBig):
        return problems.respond(request, Problem("too-large"))
    return problems.respond(request, Problem("cannot-read"))


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    too_large = isinstance(error, RequestDataTooBig | TooManyFilesSent)
    return problems.respond(request, Problem("too-large" if too_large else "cannot-read"))


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    if vanished(error):
        return problems.respond(request, Problem("not-found"))
    if collided(error):
        return problems.respond(request, Problem("at-once"))
    fault = Problem("fault")
    fault.__cause__ = error
    return problems.respond(request, fault)


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view of ninja's behind this door: no session, no cookie; wrong methods and bodies are answered as problems."""

    @functools.wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if trouble := _unreadable(request):
            return problems.respond(request, trouble)
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
            response = problems.respond(request, Problem("method-not-allowed", headers={"Allow": allowed}))
        for name, value in getattr(request, "limits", {}).items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return login_not_required(entered)


def _unreadable(request: HttpRequest) -> Problem | None:
    """Why this request's body is not even looked at, if so."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    kind = request.content_type or ""
    if kind == "multipart/form-data":
        return None
    said = request.headers.get("Content-Length", "")
    length = int(said) if said.isdecimal() and len(said) < 16 else 0
    if length > MOST_BYTES:
        words = _("At most %(most)s bytes at once.") % {"most": f"{MOST_BYTES:,}"}
        return Problem("too-large", words)
    if length and kind != "application/json":
        return Problem("wrong-type", _("It says it is %(kind)s.") % {"kind": kind[:60] or "–"})
    return None
