"""The ideal customer: its traits, and what the firm's buyers suggest."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.sales import actions, queries
from setia.sales.models import FitTrait
from setia.sales.views._shared import sent


class TraitForm(forms.Form):
    """A trait of the ideal customer."""

    what = forms.ChoiceField(label=_("What is looked at"), choices=FitTrait.What)
    value = forms.CharField(
        label=_("Value"), max_length=100, help_text=_("A region, an industry, a source, or a word in what they want.")
    )
    weight = forms.IntegerField(label=_("Weight, 1 to 10"), min_value=1, max_value=10, initial=5)


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def ideal_customer(request: HttpRequest) -> HttpResponse:
    """The traits; one more is added by POST."""
    form = TraitForm(sent(request))
    if request.method == "POST" and form.is_valid():
        actions.set_trait(by=me(request), at=timezone.now(), **form.cleaned_data)
        return redirect("ideal_customer")
    context = {
        "form": form,
        "traits": queries.fit_traits(me(request)),
        "suggested": queries.suggested_fit(me(request)),
        "fewest": queries.FEWEST,
    }
    return render(request, "sales/ideal_customer.html", context, status=422 if form.errors else 200)


@require_POST
@needs("sales.share")
def remove_trait(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a trait off."""
    actions.remove_trait(by=me(request), at=timezone.now(), trait=get_object_or_404(FitTrait, pk=pk))
    return redirect("ideal_customer")
