"""Tags: on a customer, as a piece of the record; and the firm's list of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.customers import actions, queries
from setia.customers.forms import TagForm
from setia.customers.models import Customer, Tag
from setia.customers.views._fragments import wants_fragment


@require_POST
def tag_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tag on a customer."""
    customer = queries.get_customer_for(me(request), pk)
    error = ""
    try:
        actions.tag_customer(by=me(request), at=timezone.now(), customer=customer, name=request.POST.get("name", ""))
    except actions.EmptyTag:
        error = _("Write the tag first.")
    return _on_record(request, customer, error=error)


@require_POST
def untag_customer(request: HttpRequest, pk: int, tag_pk: int) -> HttpResponse:
    """Take a tag off a customer; the answer offers to put it back."""
    customer = queries.get_customer_for(me(request), pk)
    tag = queries.get_tag_for(me(request), tag_pk)
    actions.untag_customer(by=me(request), at=timezone.now(), customer=customer, tag=tag)
    return _on_record(request, customer, undo=tag.name)


@require_GET
@needs("customers.view")
def tag_names(request: HttpRequest) -> HttpResponse:
    """The names to offer while a tag is typed."""
    names = queries.tag_names() if may(me(request), "customers.view") else []
    return render(request, "customers/tag_names.html", {"names": names})


@require_GET
@needs("customers.view")
def tags(request: HttpRequest) -> HttpResponse:
    """The firm's tags."""
    undo = request.GET.get("undo", "")
    gone = queries.get_tag_for(me(request), int(undo), gone_too=True) if undo.isdecimal() and len(undo) < 19 else None
    context = {
        "tags": queries.tags() if may(me(request), "customers.view") else [],
        "gone": gone if gone and (gone.removed_at or gone.merged_into_id) else None,
        "may_edit": may(me(request), "customers.edit_tags"),
    }
    return render(request, "customers/tags.html", context)


@require_http_methods(["GET", "POST"])
def edit_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a tag, give it another colour; merge it or take it away from here too."""
    tag = queries.get_tag_for(me(request), pk)
    form = TagForm(request.POST or None, initial={"name": tag.name, "colour": tag.colour})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_tag(by=me(request), at=timezone.now(), tag=tag, **form.cleaned_data)
        except actions.EmptyTag:
            form.add_error("name", _("Write the tag first."))
        except actions.TagNameTaken:
            form.add_error("name", _("There is a tag of this name. Merge the two below, or choose another name."))
        else:
            return redirect("tags")
    context = {"form": form, "tag": tag, "others": [one for one in queries.tags() if one.pk != tag.pk]}
    return render(request, "customers/edit_tag.html", context, status=422 if form.errors else 200)


@require_POST
def merge_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a tag into another."""
    tag = queries.get_tag_for(me(request), pk)
    into = request.POST.get("into", "")
    other = queries.get_tag_for(me(request), int(into) if into.isdecimal() and len(into) < 19 else 0)
    try:
        actions.merge_tag(by=me(request), at=timezone.now(), tag=tag, into=other)
    except actions.TagGone:
        return redirect("tags")
    return _undoable(tag)


@require_POST
def remove_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a tag away from all customers."""
    tag = queries.get_tag_for(me(request), pk)
    actions.remove_tag(by=me(request), at=timezone.now(), tag=tag)
    return _undoable(tag)


@require_POST
def restore_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merge or a removal."""
    tag = queries.get_tag_for(me(request), pk, gone_too=True)
    try:
        actions.restore_tag(by=me(request), at=timezone.now(), tag=tag)
    except actions.TagNameTaken as taken:
        return redirect("edit_tag", taken.tag.pk)
    return redirect("tags")


def _undoable(tag: Tag) -> HttpResponse:
    return redirect(f"{reverse('tags')}?undo={tag.pk}")


def _on_record(request: HttpRequest, customer: Customer, *, error: str = "", undo: str = "") -> HttpResponse:
    if not wants_fragment(request):
        return redirect("customer", customer.pk)
    context = {"customer": customer, "tags": queries.tags_of(customer), "tag_error": error, "tag_undo": undo}
    return render(request, "customers/customer_tags.html", context, status=422 if error else 200)
