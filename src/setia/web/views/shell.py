"""Small pages of the shell itself: the phone's "more", the choice of language, help."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from setia.accounts.actions import change_profile
from setia.web import guide
from setia.web.format import language
from setia.web.middleware import LANGUAGES

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """Everything of the navigation that does not fit the phone's bottom bar."""
    return render(request, "web/more.html")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose the language on this device and, when signed in, in the profile."""
    code = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if code in LANGUAGES:
        response.set_cookie(
            "setia_language",
            code,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            change_profile(by=request.user, at=timezone.now(), name=request.user.name, language=code)
    return response


@require_safe
def help(request: HttpRequest, page: str) -> HttpResponse:
    """What a page shows and how it counts, in the reader's language."""
    topic = guide.topic_of(page)
    context = {
        "here_topic": topic,
        "title": guide.title(topic, language()),
        "body": guide.body(topic, language()),
        "contents": guide.contents(language()),
    }
    return render(request, "web/help.html", context)
