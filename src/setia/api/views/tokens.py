"""The page on which a person lets programs in, and shuts them out again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from setia.accounts.queries import after_confirming, me
from setia.api import actions, queries
from setia.api.forms import TokenForm
from setia.api.models import Token
from setia.core.permissions import may, require

MOST = 200


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens there are, and a form for another."""
    user = me(request)
    if not may(user, "api.manage"):
        require(user, "api.use")
    return _page(request, TokenForm(user=user))


@require_POST
@after_confirming
@sensitive_variables("secret")
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token, once it is sure who asks; its secret is on the answer, this once."""
    user, now = me(request), timezone.now()
    require(user, "api.use")
    form = TokenForm(request.POST, user=user)
    if form.is_valid():
        data = form.cleaned_data
        made, secret = actions.make_token(
            by=user,
            at=now,
            name=data["name"],
            scopes=data["scopes"],
            expires_at=form.expires_at(now),
            per_minute=data["per_minute"],
        )
        return _page(request, TokenForm(user=user), made=made, secret=secret, status=201)
    return _page(request, form, status=422)


def _page(
    request: HttpRequest, form: TokenForm, *, made: Token | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    user, now = me(request), timezone.now()
    context = {
        "form": form,
        "tokens": [(one, one.works_at(now) and one.user.is_active) for one in queries.tokens_for(user)[:MOST]],
        "made": made,
        "secret": secret,
        "now": now,
    }
    response = render(request, "api/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a token open no door any more, from this moment on."""
    user = me(request)
    token = get_object_or_404(queries.tokens_for(user), pk=pk)
    if actions.revoke_token(by=user, at=timezone.now(), token=token):
        messages.info(request, _("The token %(name)s is revoked. It opens nothing any more.") % {"name": token.name})
    return redirect("tokens")
