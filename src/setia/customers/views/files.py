"""Files of a customer: handed in, handed out, taken away and brought back."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.queries import me
from setia.core import kept
from setia.customers import actions, queries
from setia.customers.views.circle import answer_with_circle


@require_GET
def customer_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """Hand a file out: a picture to be looked at, anything else to be saved; never to be run."""
    file = queries.get_file_for(me(request), pk, file_pk)
    try:
        content = kept.path_of(file.sha256).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=not file.is_picture, filename=file.name, content_type=file.kind)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file in."""
    customer = queries.get_customer_for(me(request), pk)
    given = request.FILES.get("file")
    error = ""
    if given is None:
        error = _("Choose a file first.")
    elif (given.size or 0) > actions.MOST_BYTES:
        error = _too_large()
    else:
        try:
            actions.add_file(
                by=me(request), at=timezone.now(), customer=customer, name=given.name or "", content=given.read()
            )
        except actions.FileTooLarge:
            error = _too_large()
        except actions.FileRefused:
            error = _("This is neither a PDF nor a picture that can be opened. Keep it as PDF, JPEG, PNG or WebP.")
    return answer_with_circle(request, customer, file_error=error)


@require_POST
def remove_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file away; the answer offers to bring it back."""
    file = queries.get_file_for(me(request), pk, file_pk)
    actions.remove_file(by=me(request), at=timezone.now(), file=file)
    return answer_with_circle(request, file.customer, file_gone=file)


@require_POST
def restore_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Bring a file back."""
    file = queries.get_file_for(me(request), pk, file_pk, gone_too=True)
    actions.restore_file(by=me(request), at=timezone.now(), file=file)
    return answer_with_circle(request, file.customer)


def _too_large() -> str:
    return _("The file is too large: at most 10 MB, and pictures of at most 50 megapixels.")
