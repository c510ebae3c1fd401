"""One fact changed where it stands: a cell of the list, or a line of the record, as a piece of the page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import today
from setia.core.versions import ChangedMeanwhile
from setia.customers import actions, queries
from setia.customers.fact_forms import FactForm, given
from setia.customers.models import Customer
from setia.customers.queries import Fact
from setia.customers.views._fragments import record_changed, wants_fragment
from setia.customers.views.customers import number_taken


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def edit_fact(request: HttpRequest, pk: int, fact: str) -> HttpResponse:
    """The form of one fact; what stands there, where the form is left (`show`); and, once sent, what stands there now.

    A whole page, where one is asked for, is that of the record or of its form.
    """
    customer = queries.get_customer_for(me(request), pk)
    facts = queries.facts_for(me(request), queries.custom_fields(version=queries.fields_version(request)))
    one = facts.get(fact)
    if one is None or not one.fits(customer):
        raise Http404
    place = "record" if request.GET.get("place") == "record" else "list"
    context: dict[str, Any] = {"fact": one, "place": place}
    part = wants_fragment(request)
    if request.method == "GET" and request.GET.get("show") and part:
        return render(request, "customers/edit_fact.html", context | _standing(request, one, customer))
    form = FactForm(
        request.POST if request.method == "POST" else None,
        fact=one,
        customer=customer,
        user=me(request),
        today=today(at=timezone.now()),
        back=bool(request.POST.get("back")),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form)
        except actions.NumberTaken as taken:
            form.add_error("number", number_taken(request, taken.customer))
        except actions.BadValue as bad:
            form.add_error(one.inputs[0], bad.words)
        except ChangedMeanwhile as changed:
            # What was typed stays, and is saved if the person says so again: then it replaces what they have now seen.
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            context |= {"theirs": _standing(request, one, queries.get_customer_for(me(request), pk))}
            status = 409
        else:
            if not part:
                return redirect("customer", saved.pk)
            before, version = given(one, customer), queries.fact_version(saved, one.kept)
            undo = before | {"version": version, "back": "1"} if before != given(one, saved) else {}
            context |= {"undo": undo, **_standing(request, one, saved)}
            return record_changed(render(request, "customers/edit_fact.html", context))
    if not part:
        return redirect("edit_customer", customer.pk)
    context |= {"form": form, **_standing(request, one, customer), **_choices(request, form)}
    return render(request, "customers/edit_fact.html", context, status=status if not form.errors else 422)


def _save(request: HttpRequest, form: FactForm) -> Customer:
    facts = form.facts()
    if "industry_name" in facts:
        facts["industry"] = actions.industry_named(facts.pop("industry_name"))
    assert form.customer is not None
    kept, version = form.fact.kept, form.cleaned_data["version"]
    at = timezone.now()
    customer = actions.edit_fact(by=me(request), at=at, customer=form.customer, kept=kept, version=version, **facts)
    return queries.get_customer_for(me(request), customer.pk)


def _standing(request: HttpRequest, fact: Fact, customer: Customer) -> dict[str, Any]:
    """What it takes to show a fact as it stands."""
    field = fact.field
    value = field.of(customer) if field else None
    referred = [int(str(value))] if field and field.letter == "r" and value is not None else []
    return {"customer": customer, "names": queries.names_for(me(request), referred)}


def _choices(request: HttpRequest, form: FactForm) -> dict[str, Any]:
    """What the form offers beside its inputs: industries by name, the region chosen, whom a field refers to."""
    fact, found = form.fact, dict[str, Any]()
    if fact.key == "industry":
        found["industries"] = queries.choices_of("industry")
    elif fact.key == "region":
        found["chosen_region"] = queries.region(form["region_code"].value() or "")
    elif fact.looks_up:
        key = str(form.input.value() or "")
        seen = queries.customers_for(me(request))
        found["referred"] = seen.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    return found
