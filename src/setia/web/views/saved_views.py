"""Views of the list of customers that people keep: save what the list shows, arrange and share one's views.

Here and not in `customers`, since a view's filters belong to several rooms, as the list itself does.
"""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.models import Team, User
from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.core.text import line
from setia.customers import actions, queries
from setia.web.views.customers import Found, address_of, find


class ViewForm(forms.Form):
    """A view's name and who sees it. `sharing` is '' for oneself, ALL, or a team's key."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    sharing = forms.ChoiceField(label=gettext_lazy("Who sees it"), required=False)

    def __init__(self, data: QueryDict | None, *, user: User, view: Any = None) -> None:
        super().__init__(data, initial={"name": view.name, "sharing": _sharing(view)} if view else None)
        self.teams: dict[str, Team] = {str(one.pk): one for one in queries.teams_to_share_with(user)}
        if view is not None and view.team is not None:
            self.teams.setdefault(str(view.team_id), view.team)
        choices = [("", _("Only me")), *((key, _("Team %(name)s") % {"name": t.name}) for key, t in self.teams.items())]
        if may(user, "customers.share_views") or (view is not None and view.for_all):
            choices.append(("ALL", _("Everybody")))
        self.fields["sharing"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            del self.fields["sharing"]

    @property
    def for_all(self) -> bool:
        return self.cleaned_data.get("sharing") == "ALL"

    @property
    def team(self) -> Team | None:
        return self.teams.get(self.cleaned_data.get("sharing", ""))


@require_GET
@needs("customers.view")
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own views in their order, and those others share."""
    user = me(request)
    views = queries.views_for(user)
    preferred = queries.preferred_view(user)
    gone = request.GET.get("undo", "")
    context = {
        "own": [(one, address_of(one)) for one in views if one.maker_id == user.pk],
        "shared": [
            (one, address_of(one), queries.may_change_view(user, maker_id=one.maker_id, for_all=one.for_all))
            for one in views
            if one.maker_id != user.pk
        ],
        "preferred": preferred.id if preferred else None,
        "gone": queries.get_view_for(user, int(gone), gone_too=True) if gone.isdecimal() and len(gone) < 19 else None,
    }
    return render(request, "web/saved_views.html", context)


@require_http_methods(["GET", "POST"])
@needs("customers.view")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows under a name."""
    user = me(request)
    address = request.POST.get("address", "") if request.method == "POST" else request.GET.urlencode()
    found = _found(request, address)
    form = ViewForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            view = actions.save_view(
                by=user,
                at=timezone.now(),
                name=form.cleaned_data["name"],
                params=found.worth_saving,
                labels=found.labels,
                for_all=form.for_all,
                team=form.team,
            )
        except actions.EmptyName:
            form.add_error("name", _("Give the view a name."))
        except actions.TooMany as many:
            words = ngettext("You have %(most)s view.", "You have %(most)s views.", many.most) % {"most": many.most}
            form.add_error(None, words + " " + _("Delete one you no longer need."))
        else:
            return _to_view(user, view.pk)
    context = {"form": form, "found": found, "address": address[:4000]}
    return render(request, "web/save_view.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("customers.view")
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, share it with somebody else."""
    user = me(request)
    view = queries.get_view_for(user, pk)
    form = ViewForm(request.POST if request.method == "POST" else None, user=user, view=view)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_view(
                by=user,
                at=timezone.now(),
                view=view,
                name=form.cleaned_data["name"],
                for_all=form.for_all,
                team=form.team,
            )
        except actions.EmptyName:
            form.add_error("name", _("Give the view a name."))
        else:
            return redirect("saved_views")
    return render(request, "web/change_view.html", {"form": form, "view": view}, status=422 if form.errors else 200)


@require_POST
@needs("customers.view")
def keep_in_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a view show what the list shows now."""
    user = me(request)
    view = queries.get_view_for(user, pk)
    found = _found(request, request.POST.get("address", ""))
    actions.keep_in_view(by=user, at=timezone.now(), view=view, params=found.worth_saving, labels=found.labels)
    return _to_view(user, pk)


@require_POST
@needs("customers.view")
def move_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one of one's own views."""
    view = queries.get_view_for(me(request), pk)
    actions.move_view(by=me(request), at=timezone.now(), view=view, up=request.POST.get("up") == "1")
    return redirect("saved_views")


@require_POST
@needs("customers.view")
def prefer_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one's list open with a view, or no longer."""
    user = me(request)
    if pk not in {one.id for one in queries.views_for(user)}:
        raise Http404
    actions.prefer_view(by=user, view_id=pk if request.POST.get("on") == "1" else None)
    return redirect("saved_views")


@require_POST
@needs("customers.view")
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view; the answer offers to bring it back."""
    actions.delete_view(by=me(request), at=timezone.now(), view=queries.get_view_for(me(request), pk))
    return redirect(f"{reverse('saved_views')}?undo={pk}")


@require_POST
@needs("customers.view")
def restore_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a deleted view back."""
    view = queries.get_view_for(me(request), pk, gone_too=True)
    actions.restore_view(by=me(request), at=timezone.now(), view=view)
    return redirect("saved_views")


def _found(request: HttpRequest, address: str) -> Found:
    """The list that an address's query asks for, without its searched text."""
    given = QueryDict(address[:4000])
    return find(request, {key: line(value)[:500] for key, value in given.dict().items() if key != "q"})


def _to_view(user: User, pk: int) -> HttpResponse:
    view = next((one for one in queries.views_for(user) if one.id == pk), None)
    return redirect(address_of(view) if view else reverse("saved_views"))


def _sharing(view: Any) -> str:
    return "ALL" if view.for_all else str(view.team_id or "")
