"""Small pages of the shell itself: the phone's "more", the choice of language, help."""

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from setia.web.format import language
from setia.web.middleware import LANGUAGES

YEAR_SECONDS = 365 * 24 * 3600


def more(request: HttpRequest) -> HttpResponse:
    """Everything of the navigation that does not fit the phone's bottom bar."""
    return render(request, "web/more.html")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose the language on this device and, when signed in, in the profile."""
    code = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if code in LANGUAGES:
        response.set_cookie("setia_language", code, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
        if request.user.is_authenticated:
            get_user_model().objects.filter(pk=request.user.pk).update(language=code)
    return response


def help(request: HttpRequest, page: str) -> HttpResponse:
    """What a page shows and how it counts, in the reader's language."""
    for name in (page, "home"):
        try:
            get_template(f"web/help/{language()}/{name}.html")
        except TemplateDoesNotExist:
            continue
        return render(request, f"web/help/{language()}/{name}.html", {"page": name})
    raise Http404
