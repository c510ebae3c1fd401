"""One's own security: the second factor, the devices, the e-mail address, and the page that asks “Is it you?”."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setia.accounts import actions, factors
from setia.accounts.confirming import after_confirming, confirm
from setia.accounts.door_forms import AppForm, ConfirmForm, EmailForm, PasskeyForm
from setia.accounts.middleware import LATER, overdue
from setia.accounts.queries import me
from setia.accounts.views.gates import limited
from setia.core import mail
from setia.core.permissions import needs
from setia.core.queries import firm
from setia.core.secrets import seal, unseal

_APP = "app_secret"


@require_safe
@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """What opens this person's account, and where it is open now."""
    user = me(request)
    context = {
        "factors": factors.factors_of(user),
        "devices": factors.devices_of(user, key=request.session.session_key),
        "passkeys_work": factors.passkeys_work(request),
        "asked": firm().second_factor_from_date,
    }
    return render(request, "accounts/security.html", context)


@require_http_methods(["GET", "POST"])
@limited("reauthenticate")
@sensitive_post_parameters("password", "code")
@never_cache
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """“Is it you?”: password, code or passkey, then on to what was wanted."""
    user = me(request)
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    has = factors.factors_of(user)
    form = ConfirmForm(request.POST or None, user=user, with_code=bool(has.app))
    if request.method == "POST" and form.is_valid():
        return confirm(request, wanted=wanted)
    options = webauthn.begin_authentication(user) if has.passkeys and factors.passkeys_work(request) else None
    context = {"form": form, "wanted": wanted, "options": options, "has": has}
    return render(request, "accounts/confirm_identity.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@after_confirming
@never_cache
def add_app(request: HttpRequest) -> HttpResponse:
    """Show the picture for an authenticator app and take its first code."""
    user = me(request)
    if request.method == "GET" or _APP not in request.session:
        request.session[_APP] = seal(generate_totp_secret())
    secret = unseal(request.session[_APP])
    form = AppForm(request.POST or None, user=user, secret=secret)
    if request.method == "POST" and form.is_valid():
        del request.session[_APP]
        try:
            made_codes = actions.add_app(by=user, at=timezone.now(), secret=secret)
        except actions.AlreadyThere:
            messages.info(request, _("You have an authenticator app already. Remove it first to use another one."))
            return redirect("security")
        messages.info(request, _("The app is set up. From now on Setia asks for its code at sign-in."))
        return redirect("recovery_codes" if made_codes else "security")
    context = {
        "form": form,
        "picture": factors.qr_picture(user, secret),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return render(request, "accounts/add_app.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@after_confirming
@never_cache
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Let the device make a passkey and keep its public half."""
    user = me(request)
    form = PasskeyForm(
        request.POST or None, initial={"name": factors.agent_name(request.headers.get("User-Agent", ""))}
    )
    if request.method == "POST" and form.is_valid():
        made_codes = actions.add_passkey(by=user, at=timezone.now(), **form.cleaned_data)
        messages.info(request, _("The passkey is set up. You can sign in with it from now on."))
        return redirect("recovery_codes" if made_codes else "security")
    works = factors.passkeys_work(request)
    context = {"form": form, "options": webauthn.begin_registration(user, True) if works else None}
    return render(request, "accounts/add_passkey.html", context, status=422 if form.errors else 200)


@require_POST
@after_confirming
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the app or one of the passkeys."""
    user = me(request)
    try:
        factor = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).get(pk=pk, user=user)
    except Authenticator.DoesNotExist as error:
        raise Http404 from error
    try:
        actions.remove_factor(by=user, at=timezone.now(), factor=factor)
    except actions.StillAsked:
        messages.error(request, _("Your firm asks for a second factor, and this is your last. Add another one first."))
    else:
        messages.info(request, _("It is removed and opens nothing any more."))
    return redirect("security")


@require_safe
@after_confirming
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that open the second step when telephone and passkeys are lost."""
    codes = factors.recovery_codes_of(me(request))
    if not codes and not factors.has_second_factor(me(request)):
        return redirect("security")
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@require_POST
@after_confirming
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new codes in place of the old ones."""
    actions.new_recovery_codes(by=me(request), at=timezone.now())
    messages.info(request, _("These are your new codes. The old ones open nothing any more."))
    return redirect("recovery_codes")


@require_POST
def end_session(request: HttpRequest, mark: str) -> HttpResponse:
    """Sign out on one other device."""
    user = me(request)
    key = factors.session_of(user, mark)
    if key and actions.end_session(by=user, at=timezone.now(), key=key):
        messages.info(request, _("You are signed out there."))
    else:
        messages.info(request, _("That device was signed out already."))
    return redirect("security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    actions.end_other_sessions(by=me(request), at=timezone.now(), keep=request.session.session_key or "")
    messages.info(request, _("You are signed out everywhere but here."))
    return redirect("security")


@require_http_methods(["GET", "POST"])
@after_confirming
@limited("change_email")
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask for another address to sign in with; the link goes to the new one."""
    user = me(request)
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            actions.change_email(by=user, at=timezone.now(), email=email, base=request.build_absolute_uri("/"))
        except actions.AlreadyHere:
            form.add_error("email", _("Somebody signs in with this address already."))
        except mail.MailTrouble as trouble:
            form.add_error(None, trouble.plain)
        else:
            messages.info(
                request,
                _("A link is on its way to %(email)s. Open it there; until then your old address counts.")
                % {"email": email},
            )
            return redirect("profile")
    context = {"form": form, "can_send": mail.can_send()}
    return render(request, "accounts/change_email.html", context, status=422 if form.errors else 200)


@login_not_required
@limited("confirm_email")
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the new address: one button makes it the one to sign in with."""
    if request.method == "POST":
        try:
            user = actions.confirm_email(token=token, at=timezone.now())
        except actions.LinkSpent:
            return render(request, "accounts/link_spent.html", {"kind": "email"}, status=410)
        messages.info(request, _("From now on you sign in with %(email)s.") % {"email": user.email})
        return redirect("profile")
    return render(request, "accounts/confirm_email.html")


@require_http_methods(["GET", "POST"])
def second_factor_due(request: HttpRequest) -> HttpResponse:
    """The firm's rule, told to whoever has no second factor yet: set one up now, or, before the day, later."""
    house = firm()
    due = overdue(house)
    if not house.second_factor_from_date or factors.has_second_factor(me(request)):
        return redirect("/")
    if request.method == "POST" and not due:
        request.session[LATER] = True
        return redirect("/")
    context: dict[str, Any] = {
        "due": due,
        "day": house.second_factor_from_date,
        "passkeys_work": factors.passkeys_work(request),
    }
    return render(request, "accounts/second_factor_due.html", context)


@require_POST
@needs("accounts.security")
@after_confirming
def require_second_factor(request: HttpRequest) -> HttpResponse:
    """Switch the rule on, with a week to get ready, or off."""
    on = request.POST.get("on") == "1"
    house, now = firm(), timezone.now()
    day = house.day_of(now + actions.GRACE) if on else None
    try:
        actions.require_second_factor(by=me(request), at=now, from_date=day)
    except actions.NoneOfYourOwn:
        messages.error(request, _("Set up a second factor for yourself first, so that you do not lock yourself out."))
        return redirect("security")
    return redirect("people")
