"""The answers for programs that are no operation, and the page on which people read how to speak to Setia."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from setia.api import problems
from setia.api.description import described
from setia.api.events import EVENTS, links_of
from setia.api.examples import CHECKING, EXAMPLES
from setia.api.problems import Problem
from setia.api.reference import reference


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


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """How programs speak to Setia: examples that run, every operation, every problem, how webhooks are checked."""
    context = {
        "base": settings.BASE_URL,
        "examples": EXAMPLES,
        "checking": CHECKING,
        "subjects": reference(),
        "problems": problems.KINDS,
        "events": EVENTS,
        "message": json.dumps(
            {
                "type": "order.added",
                "timestamp": "2026-11-22T05:00:00.000000Z",
                "data": {
                    "order_id": 42,
                    "customer_id": 7,
                    "links": links_of({"order_id": 42, "customer_id": 7}, settings.BASE_URL),
                },
            },
            indent=2,
        ),
    }
    return render(request, "api/api_docs.html", context)
