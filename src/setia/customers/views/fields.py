"""Where the firm's own fields are arranged. What customers hold in them is changed on the customer's own form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import require
from setia.customers import actions, queries
from setia.customers.field_forms import FieldForm, NewFieldForm, OptionForm


@require_GET
def fields(request: HttpRequest) -> HttpResponse:
    """The firm's own fields: those in use in their order, and those hidden."""
    every = queries.arranged(me(request))
    used = [one for one in every if one.hidden_at is None]
    context = {"used": used, "hidden": [one for one in every if one.hidden_at is not None]}
    return render(request, "customers/fields.html", context)


@require_http_methods(["GET", "POST"])
def add_field(request: HttpRequest) -> HttpResponse:
    """Define a field."""
    require(me(request), "customers.arrange_fields")
    form = NewFieldForm(request.POST or None, initial={"quick": True})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_field(by=me(request), at=timezone.now(), **form.cleaned_data)
        except actions.FieldNameTaken:
            form.add_error("label", _("There is a field of this name already."))
        except actions.TooMany as many:
            form.add_error(None, _too_many(many))
        else:
            return redirect("fields")
    return render(request, "customers/add_field.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a field's words and the options of a choice."""
    field = queries.get_field_for(me(request), pk)
    initial = {"label": field.label, "hint": field.hint, "quick": field.index != "NONE"}
    form = FieldForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_field(by=me(request), at=timezone.now(), field=field, **form.cleaned_data)
        except actions.FieldNameTaken:
            form.add_error("label", _("There is a field of this name already."))
        except actions.TooMany as many:
            form.add_error(None, _too_many(many))
        else:
            return redirect("fields")
    context = {"form": form, "field": field, "options": list(field.options.all())}
    return render(request, "customers/edit_field.html", context, status=422 if form.errors else 200)


@require_POST
def move_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a field up or down."""
    field = queries.get_field_for(me(request), pk)
    actions.move_field(by=me(request), at=timezone.now(), field=field, up=request.POST.get("way") == "up")
    return redirect("fields")


@require_POST
def hide_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a field out of use; it can come back."""
    actions.hide_field(by=me(request), at=timezone.now(), field=queries.get_field_for(me(request), pk))
    return redirect("fields")


@require_POST
def restore_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a hidden field back."""
    try:
        actions.restore_field(by=me(request), at=timezone.now(), field=queries.get_field_for(me(request), pk))
    except actions.FieldNameTaken:
        messages.error(request, _("Another field has this name now. Rename that one first."))
    return redirect("fields")


@require_POST
def delete_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a hidden field with its values."""
    try:
        actions.delete_field(by=me(request), at=timezone.now(), field=queries.get_field_for(me(request), pk))
    except actions.NotHidden:
        messages.error(request, _("Hide the field first, then delete it."))
    return redirect("fields")


@require_POST
def add_option(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer one more option of a choice."""
    field = queries.get_field_for(me(request), pk)
    form = OptionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the choice first, with at most 60 characters."))
        return redirect("edit_field", pk)
    try:
        actions.add_option(by=me(request), at=timezone.now(), field=field, label=form.cleaned_data["label"])
    except actions.FieldNameTaken:
        messages.error(request, _("There is a choice of this name already."))
    except actions.TooMany as many:
        messages.error(request, _too_many(many))
    return redirect("edit_field", pk)


@require_POST
def rename_option(request: HttpRequest, pk: int, option_pk: int) -> HttpResponse:
    """Give an option another word."""
    option = queries.get_option_for(me(request), pk, option_pk)
    form = OptionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the choice first, with at most 60 characters."))
        return redirect("edit_field", pk)
    try:
        actions.rename_option(by=me(request), at=timezone.now(), option=option, label=form.cleaned_data["label"])
    except actions.FieldNameTaken:
        messages.error(request, _("There is a choice of this name already."))
    return redirect("edit_field", pk)


@require_POST
def hide_option(request: HttpRequest, pk: int, option_pk: int) -> HttpResponse:
    """Offer an option no longer, or again."""
    option = queries.get_option_for(me(request), pk, option_pk)
    actions.hide_option(by=me(request), at=timezone.now(), option=option, hidden=request.POST.get("hidden") == "1")
    return redirect("edit_field", pk)


def _too_many(many: actions.TooMany) -> str:
    return _("There are %(most)s already, and more would make every page slow.") % {"most": many.most}
