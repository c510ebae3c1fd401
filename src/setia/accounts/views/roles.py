"""Roles and teams: the matrix of who may do what, and the pages to change it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setia.accounts import actions, queries
from setia.accounts.confirming import after_confirming
from setia.accounts.models import Role, Team
from setia.accounts.queries import me
from setia.accounts.role_forms import RoleSheet, TeamForm
from setia.core import permissions
from setia.core.permissions import may, needs


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """The permission matrix: a line for every verb, a column for every role. Everybody may read it."""
    context = {
        "roles": queries.roles(),
        "rooms": permissions.rooms(),
        "mine": {role.code for role in queries.roles_for(me(request))} if may(me(request), "accounts.roles") else set(),
    }
    return render(request, "accounts/roles.html", context)


@require_http_methods(["GET", "POST"])
@needs("accounts.roles")
@after_confirming
def add_role(request: HttpRequest) -> HttpResponse:
    """Make a role, empty or like another one (`like`)."""
    like = next((role for role in queries.roles_for(me(request)) if role.code == request.GET.get("like")), None)
    initial = {"sees": like.sees, "verbs": sorted(like.listed)} if like else {"sees": "OWN"}
    form = RoleSheet(request.POST if request.method == "POST" else None, user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_role(by=me(request), at=timezone.now(), **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("name", _("There is a role of this name already."))
        else:
            return redirect("roles")
    context = {"form": form, "like": like}
    return render(request, "accounts/add_role.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("accounts.roles")
@after_confirming
def edit_role(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a role allows and shows."""
    role = _role(request, code)
    initial = {"name": role.name, "sees": role.sees, "verbs": sorted(role.listed)}
    sent = request.POST if request.method == "POST" else None
    form = RoleSheet(sent, user=me(request), role=role, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = {"name": "", "verbs": [], **form.cleaned_data}
        try:
            actions.edit_role(by=me(request), at=timezone.now(), role=role, **facts)
        except actions.NameTaken:
            form.add_error("name", _("There is a role of this name already."))
        else:
            return redirect("roles")
    context = {"form": form, "role": role}
    return render(request, "accounts/edit_role.html", context, status=422 if form.errors else 200)


@require_POST
@needs("accounts.roles")
@after_confirming
def remove_role(request: HttpRequest, code: str) -> HttpResponse:
    """Remove a role that nobody has."""
    role = _role(request, code)
    try:
        actions.remove_role(by=me(request), at=timezone.now(), role=role)
    except actions.StillHeld:
        messages.error(request, _("Somebody has this role, or is invited with it. Give them another one first."))
        return redirect("edit_role", code)
    except actions.BuiltInRole as error:
        raise PermissionDenied("accounts.roles") from error
    return redirect("roles")


@require_safe
@needs("accounts.teams")
def teams(request: HttpRequest) -> HttpResponse:
    """The teams with their members."""
    return render(request, "accounts/teams.html", {"teams": queries.teams()})


@require_http_methods(["GET", "POST"])
@needs("accounts.teams")
@after_confirming
def add_team(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_team(by=me(request), at=timezone.now(), **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("name", _("There is a team of this name already."))
        else:
            return redirect("teams")
    return render(request, "accounts/add_team.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("accounts.teams")
@after_confirming
def edit_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a team's name and members."""
    team = _team(pk)
    initial = {"name": team.name, "members": list(team.members.all())}
    form = TeamForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_team(by=me(request), at=timezone.now(), team=team, **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("name", _("There is a team of this name already."))
        else:
            return redirect("teams")
    context = {"form": form, "team": team}
    return render(request, "accounts/edit_team.html", context, status=422 if form.errors else 200)


@require_POST
@needs("accounts.teams")
def remove_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Dissolve a team."""
    actions.remove_team(by=me(request), at=timezone.now(), team=_team(pk))
    return redirect("teams")


def _role(request: HttpRequest, code: str) -> Role:
    """A role this person may change. One that allows more than theirs is not theirs to see here."""
    found = next((role for role in queries.roles_for(me(request)) if role.code == code and not role.is_owner), None)
    if found is None:
        raise Http404
    return found


def _team(pk: int) -> Team:
    found = Team.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
