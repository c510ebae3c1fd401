"""Designed answers for what goes wrong, each with a reference number that also stands in the log.

They must work when nothing else does: the 500 page asks neither the database nor the session.
"""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from setia.core.permissions import sees_all, words_of

log = logging.getLogger("setia.web.errors")


def _reference() -> str:
    """Short enough to read out on the telephone."""
    return secrets.token_hex(4).upper()


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    reference = _reference()
    route = request.resolver_match.route if request.resolver_match else "?"
    log.log(
        logging.ERROR if status >= 500 else logging.INFO, "%s %s %s at %s", reference, status, request.method, route
    )
    page = render_to_string(
        "web/error.html", {"title": title, "text": text, "reference": reference, "status": status, "request": request}
    )
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something that cannot be understood."""
    return _page(request, 400, _("This request cannot be understood"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but not allowed."""
    if plain := getattr(exception, "plain", ""):  # refused to everybody, by the record itself
        return _page(request, 403, _("This record is closed"), str(plain))
    words, whole = words_of(str(exception))
    who = getattr(request, "user", None)
    if whole and who is not None and not sees_all(who) and who.is_authenticated:
        text = _(
            "This works on all customers of the firm, and your role sees only some of them. An owner can change that."
        )
    elif words:
        text = _("Your role does not include “%(verb)s”. An owner of the firm can give you a role that does.") % {
            "verb": words
        }
    else:
        text = _("Your role does not include this. An owner of the firm can give you access under Settings, People.")
    return _page(request, 403, _("This is not open to you"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: nearly always a page that stood open for too long."""
    text = _("The page was open for too long, or cookies are off. Reload it and send again; nothing was changed.")
    return _page(request, 403, _("Please send that again"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page or record, or one that is not this reader's to see."""
    text = _("It may have been deleted or merged, or the link is incomplete.")
    return _page(request, 404, _("There is nothing here"), text)


def only_by_its_button(request: HttpRequest, allow: str) -> HttpResponse:
    """405 of an address that changes something and was opened like a page: reloaded, or come back to after signing in.

    `allow` is the header that says which methods it takes.
    """
    text = _("This address only takes what its form sends. Go back to the form and send it again; nothing was changed.")
    response = _page(request, 405, _("Please send that again"), text)
    response.headers["Allow"] = allow
    return response


def collided(request: HttpRequest) -> HttpResponse:
    """409: two people changed one record in the same moment, and the database let the other one through."""
    text = _("Somebody changed the same record in the same moment. Yours is not saved: go back and send it again.")
    return _page(request, 409, _("Please send that again"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    text = _("The fault is ours and has been written down. Nothing you had saved is lost. Try again in a moment.")
    try:
        return _page(request, 500, _("Something went wrong"), text)
    except Exception:
        log.exception("the error page itself failed")
        return HttpResponse("<!doctype html><title>500</title><h1>500</h1>", status=500)
