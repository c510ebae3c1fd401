"""Change many customers at once: those ticked in the list, or all that it shows. Follow it, stop it, take it back.

Asked here, since what the list shows belongs to several rooms; worked off by `customers`.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.models import User
from setia.accounts.queries import me
from setia.core import keyset
from setia.core.among import among
from setia.core.permissions import may, needs, owners_seen
from setia.core.text import line
from setia.customers import actions, queries
from setia.web.views.customers import Found, find

_MOST_TICKED = 500


class BulkForm(forms.Form):
    """What to do with the customers, and with what. Only what this person may do is offered."""

    whose = forms.ChoiceField(choices=[("TICKED", ""), ("ALL", "")], required=False)
    verb = forms.ChoiceField(label=gettext_lazy("What to do"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Tag"), max_length=60, required=False)
    tag = forms.ChoiceField(label=gettext_lazy("Tag"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    field = forms.ChoiceField(label=gettext_lazy("Field"), required=False)
    value = forms.CharField(
        label=gettext_lazy("Value"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Written as in the customer's form; a choice by its word. Empty clears the field."),
    )

    use_required_attribute = False

    def __init__(self, data: QueryDict | None, *, user: User, own: Any) -> None:
        super().__init__(data)
        words = {
            "TAG": _("Put a tag on"),
            "UNTAG": _("Take a tag off"),
            "ASSIGN": _("Make somebody responsible"),
            "SET": _("Fill in a field"),
            "ARCHIVE": _("Archive"),
        }
        fields = [(one.key, one.label) for one in own if one.letter != "r"]
        tags = [(str(one.pk), one.name) for one in queries.tags()]
        offered = [
            (verb.value, words[verb.value])
            for verb, needed in actions.NEEDED.items()
            if all(may(user, one) for one in needed)
            and (verb.value != "SET" or fields)
            and (verb.value != "UNTAG" or tags)
        ]
        nobody = [("", _("nobody"))] if owners_seen(user) is None else []
        owners = [(str(one.pk), str(one)) for one in queries.assignable(user)] if may(user, "customers.assign") else []
        self.fields["verb"].choices = offered  # type: ignore[attr-defined]
        self.fields["tag"].choices = tags  # type: ignore[attr-defined]
        self.fields["field"].choices = fields  # type: ignore[attr-defined]
        self.fields["owner"].choices = [*nobody, *owners]  # type: ignore[attr-defined]
        self.initial["verb"] = offered[0][0] if offered else ""
        self._say_needed(True)

    def full_clean(self) -> None:
        """Read what was sent; only the part that belongs to the verb is asked for, by the action."""
        self._say_needed(False)
        super().full_clean()
        self._say_needed(True)

    def _say_needed(self, needed: bool) -> None:
        """Whether a page says of the parts, each shown with its verb alone, that they may stay empty."""
        for name in ("name", "tag", "owner", "field"):
            self.fields[name].required = needed

    @property
    def given(self) -> dict[str, Any]:
        """The value the verb needs."""
        data = self.cleaned_data
        return {
            "TAG": {"name": data["name"]},
            "UNTAG": {"tag": int(data["tag"] or 0)},
            "ASSIGN": {"owner": int(data["owner"]) if data["owner"] else None},
            "SET": {"field": data["field"], "value": data["value"]},
            "ARCHIVE": {},
        }[data["verb"]]


@require_http_methods(["GET", "POST"])
@needs("customers.view")
def ask_bulk(request: HttpRequest) -> HttpResponse:
    """Ask what to do with the customers ticked, or all the list shows; queue it."""
    user = me(request)
    given = request.POST if request.method == "POST" else request.GET
    address = given.get("address", "")[:4000]
    ticked = [int(key) for key in given.getlist("id")[:_MOST_TICKED] if key.isdecimal() and len(key) < 19]
    found = _found(request, address)
    own = queries.custom_fields(version=queries.fields_version(request))
    form = BulkForm(request.POST if request.method == "POST" else None, user=user, own=own)
    if request.method == "POST" and form.is_valid():
        everybody = form.cleaned_data["whose"] == "ALL" or not ticked
        customers = found.customers if everybody else queries.customers_for(user).filter(among("id", ticked))
        try:
            run = actions.ask_bulk(
                by=user, at=timezone.now(), verb=form.cleaned_data["verb"], value=form.given, customers=customers
            )
        except actions.TooManyCustomers:
            form.add_error(None, _("More than 100,000 customers at once are too many. Narrow the list by a filter."))
        except actions.EmptyTag:
            part = "name" if form.cleaned_data["verb"] == "TAG" else "tag"
            form.add_error(part, _("Write the tag first."))
        except actions.BadValue as bad:
            form.add_error("value", bad.words)
        else:
            return redirect("bulk_run", run.pk)
    context = {
        "form": form,
        "ticked": ticked,
        "address": address,
        "found": found,
        "count": keyset.count(found.customers),
    }
    return render(request, "web/ask_bulk.html", context, status=422 if form.errors else 200)


@require_GET
@needs("customers.view")
def bulk_runs(request: HttpRequest) -> HttpResponse:
    """The changes of many customers that this person asked for."""
    return render(request, "web/bulk_runs.html", {"runs": queries.bulk_runs_for(me(request))[:50]})


@require_GET
@needs("customers.view")
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a change is, and in the end what was left out and why."""
    run = queries.get_bulk_for(me(request), pk)
    left = queries.left_out(me(request), run) if run.state != "RUNNING" else []
    context = {"run": run, "progress": queries.progress_of(run), "left": left, "undo": getattr(run, "undone_by", None)}
    return render(request, "web/bulk_run.html", context)


@require_GET
@needs("customers.view")
def follow_bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a change is, as a fragment that asks again until it has ended."""
    run = queries.get_bulk_for(me(request), pk)
    context = {"run": run, "progress": queries.progress_of(run)}
    response = render(request, "web/follow_bulk.html", context)
    if run.state != "RUNNING":
        response["HX-Refresh"] = "true"
    return response


@require_POST
@needs("customers.view")
def cancel_bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a change."""
    actions.cancel_bulk(by=me(request), at=timezone.now(), run=queries.get_bulk_for(me(request), pk))
    return redirect("bulk_run", pk)


@require_POST
@needs("customers.view")
def undo_bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back."""
    try:
        back = actions.undo_bulk(by=me(request), at=timezone.now(), run=queries.get_bulk_for(me(request), pk))
    except actions.NotUndoable:
        messages.info(request, _("This cannot be taken back, or somebody did so already."))
        return redirect("bulk_run", pk)
    return redirect("bulk_run", back.pk)


def _found(request: HttpRequest, address: str) -> Found:
    """The list an address's query asks for."""
    return find(request, _Words({key: line(value)[:500] for key, value in QueryDict(address).dict().items()}))


class _Words(dict[str, str]):
    """The words of an address; what is not in it is ''."""

    def __missing__(self, key: str) -> str:
        return ""
