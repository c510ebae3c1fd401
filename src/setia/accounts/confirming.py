"""Ask again who is there before something sensitive: one line above a view.

    @require_POST
    @needs("accounts.people")
    @after_confirming
    def change_role(request, pk): …

Within fifteen minutes of signing in, or of the latest confirmation, nothing is asked. Later the person is led to the
page “Is it you?”, and from there on to what they wanted: a page is opened, a button pressed counts as pressed. What
was typed into a form with a password is not kept meanwhile; that form is opened again, empty.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from setia.accounts.sessions import CONFIRMED_AT, SIGNED_IN_AT

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

FRESH_SECONDS = 15 * 60
_SECRET = re.compile("password|passphrase")
_KEPT = "kept_request"
_MOST_KEPT = 200_000  # characters of a form that wait in the session


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether this session's holder proved who they are within the last fifteen minutes."""
    latest = max(int(request.session.get(name, 0)) for name in (SIGNED_IN_AT, CONFIRMED_AT))
    return 0 <= timezone.now().timestamp() - latest < FRESH_SECONDS


def after_confirming(view: View[P]) -> View[P]:
    """Let the view run when its caller confirmed lately who they are; else ask first and run it then."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if confirmed_lately(request):
            return view(request, *args, **kwargs)
        return ask(request)

    return gate


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks, and remember what was wanted."""
    request.session.pop(_KEPT, None)
    if request.method == "POST" and not request.FILES and not any(_SECRET.search(name) for name in request.POST):
        fields = request.POST.urlencode()
        if len(fields) <= _MOST_KEPT:
            request.session[_KEPT] = {"path": request.path, "fields": fields}
    url = f"{reverse('confirm_identity')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def confirm(request: HttpRequest, *, wanted: str) -> HttpResponse:
    """The proof was good: note it, and go on to what was wanted."""
    request.session[CONFIRMED_AT] = int(timezone.now().timestamp())
    kept = request.session.pop(_KEPT, None)
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = "/"
    if kept and kept["path"] == wanted.partition("?")[0]:
        found = resolve(kept["path"])
        request.POST = QueryDict(kept["fields"])  # the request goes on as it was sent
        request.path = request.path_info = kept["path"]
        request.resolver_match = found
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return response
    return redirect(wanted)
