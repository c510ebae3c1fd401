"""How to sell to whom: all of it on a page, and one piece in the firm's own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.planning import actions, queries
from setia.planning.forms import AdviceForm
from setia.planning.views._shared import sent


@require_GET
@needs("planning.view")
def playbook(request: HttpRequest) -> HttpResponse:
    """Every trait and stage with what to do, say and leave."""
    found = queries.playbook(me(request), language=_language())
    groups = {"traits": [one for one in found if one.trait], "stages": [one for one in found if not one.trait]}
    return render(request, "planning/playbook.html", groups)


@require_http_methods(["GET", "POST"])
@needs("planning.playbook")
def edit_advice(request: HttpRequest, about: str) -> HttpResponse:
    """Write the firm's own words on a trait or stage, in one of the two languages (`in`)."""
    code, asked = about.upper(), request.GET.get("in", "")
    language = asked if asked in ("id", "en") else _language()
    with translation.override(language):
        one = queries.get_guidance(me(request), code, language=language)
    form = AdviceForm(sent(request), initial={part: "\n".join(getattr(one, part)) for part in ("do", "say", "avoid")})
    if request.method == "POST" and form.is_valid():
        actions.set_advice(by=me(request), at=timezone.now(), about=code, language=language, **form.cleaned_data)
        return redirect("playbook")
    if one.own is None:
        one = one._replace(name=queries.get_guidance(me(request), code, language=_language()).name)
    context = {"form": form, "one": one, "tongue": language, "about": about}
    return render(request, "planning/edit_advice.html", context, status=422 if form.errors else 200)


def _language() -> str:
    return "en" if (translation.get_language() or "id").startswith("en") else "id"
