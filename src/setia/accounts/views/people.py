"""People: who is here, with which role; inviting, deactivating, helping with a lost password."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url

from setia.accounts import actions, queries
from setia.accounts.confirming import after_confirming
from setia.accounts.factors import with_second_factor
from setia.accounts.forms import InviteForm, RoleForm
from setia.accounts.models import Invitation, User
from setia.accounts.queries import me
from setia.accounts.views.gates import limited
from setia.core.permissions import may, needs


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody may see who is here; whoever may, what they can do about it."""
    return _page(request)


@require_POST
@needs("accounts.invite")
@after_confirming
@limited("invite")
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody. The answer shows the link, this once."""
    form = InviteForm(request.POST, user=me(request))
    if form.is_valid():
        try:
            invited = actions.invite(
                by=me(request), at=timezone.now(), base=request.build_absolute_uri("/"), **form.cleaned_data
            )
        except actions.AlreadyHere as error:
            form.add_error(
                "email",
                _("%(name)s is here already.") % {"name": error.user}
                if error.user.is_active
                else _("%(name)s is here already, but deactivated. Reactivate them in the list.")
                % {"name": error.user},
            )
        else:
            return _page(request, invited=invited)
    return _page(request, form=form, status=422)


@require_POST
@needs("accounts.invite")
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    try:
        invitation = queries.get_invitation_for(me(request), pk)
    except Invitation.DoesNotExist:
        messages.info(request, _("This invitation is no longer open."))
        return redirect("people")
    actions.revoke_invitation(by=me(request), at=timezone.now(), invitation=invitation)
    messages.info(request, _("The invitation of %(email)s is taken back.") % {"email": invitation.email})
    return redirect("people")


@require_http_methods(["GET", "POST"])
@needs("accounts.people")
@after_confirming
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody another role."""
    person = _person(request, pk)
    form = RoleForm(request.POST or None, user=me(request), initial={"role": person.role_id})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        return _change(
            request, pk, lambda user: actions.change_role(by=me(request), at=timezone.now(), user=user, role=role)
        )
    context = {"form": form, "person": person}
    return render(request, "accounts/change_role.html", context, status=422 if form.errors else 200)


@require_POST
@needs("accounts.people")
@after_confirming
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in no more."""
    return _change(request, pk, lambda user: actions.deactivate(by=me(request), at=timezone.now(), user=user))


@require_POST
@needs("accounts.people")
@after_confirming
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in again."""
    return _change(request, pk, lambda user: actions.reactivate(by=me(request), at=timezone.now(), user=user))


@require_POST
def sign_out_everywhere(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of a person; of oneself, this one included."""
    person = _person(request, pk)
    actions.sign_out_everywhere(by=me(request), at=timezone.now(), user=person)
    if person.pk == me(request).pk:
        return redirect("account_login")
    messages.info(request, _("%(name)s is signed out on all devices.") % {"name": person})
    return redirect("people")


@require_POST
@needs("accounts.people")
@after_confirming
@never_cache
def reset_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link for somebody who lost the password and gets no e-mail. The answer shows it, this once."""
    person = _person(request, pk)
    link = actions.reset_link(by=me(request), at=timezone.now(), user=person)
    return _page(request, reset=person, reset_url=request.build_absolute_uri(link))


@require_POST
@needs("accounts.people")
@after_confirming
def remove_second_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Help somebody who lost telephone and passkeys: the password alone signs in again, until they set up new ones."""
    person = _person(request, pk)
    if actions.remove_second_factors(by=me(request), at=timezone.now(), user=person):
        messages.info(request, _("%(name)s signs in with the password alone now.") % {"name": person})
    return redirect("people")


def _person(request: HttpRequest, pk: int) -> User:
    try:
        return queries.get_person_for(me(request), pk)
    except User.DoesNotExist as error:
        raise Http404 from error


def _change(request: HttpRequest, pk: int, act: Callable[[User], bool]) -> HttpResponse:
    """Do one thing to one person and go back to the list."""
    try:
        act(_person(request, pk))
    except actions.LastOwner:
        messages.error(
            request,
            _(
                "This is the only owner. Make somebody else an owner first, so that somebody can still open"
                " the settings."
            ),
        )
    return redirect("people")


def _page(
    request: HttpRequest,
    *,
    form: InviteForm | None = None,
    invited: actions.Invited | None = None,
    reset: User | None = None,
    reset_url: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "people": queries.everybody(),
        "invitations": queries.open_invitations() if may(me(request), "accounts.invite") else [],
        "with_second_factor": with_second_factor(),
        "may_change": partial(queries.may_change, me(request)),
        "form": form or InviteForm(user=me(request)),
        "invited": invited,
        "reset": reset,
        "reset_url": reset_url,
        "now": timezone.now(),
    }
    # However it was sent, the page is the list; a reload must not ask for the address of a verb.
    return push_url(render(request, "accounts/people.html", context, status=status), reverse("people"))
