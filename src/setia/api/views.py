"""The pages of this room, and the two answers for programs that are no operation."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from setia.api import problems
from setia.api.description import described
from setia.api.problems import Problem


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest) -> HttpResponseBase:
    """Any address below /api/v1/ that is none."""
    return problems.respond(request, Problem("not-found"))


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponseBase:
    """The interface's own description, OpenAPI 3.1, in the reader's language."""
    return JsonResponse(described())
