"""Setia as an app on a telephone or a desk: its manifest, and the worker that keeps the pages for the way.

Both are the same for everybody and hold no data, so they are open to whoever asks: a browser fetches them without
saying who is signed in.
"""

import hashlib
import json
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from setia.web.format import language

FILES = (
    "vendor/tabler.min.css",
    "vendor/lucide.svg",
    "web/setia.css",
    "web/theme.js",
    "web/icon.svg",
    "sales/field.css",
    "sales/field-store.js",
    "sales/field-photo.js",
    "sales/field-queue.js",
    "sales/field-forms.js",
    "sales/field.js",
)
"""What the pages for the way load. A test reads the page and says what is missing here."""
PAGES = ("field",)


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a device shows of the installed app."""
    icons = [
        {"src": staticfiles_storage.url("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {"src": staticfiles_storage.url(f"web/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ),
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": "Setia",
            "short_name": "Setia",
            "lang": language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0f766e",
            "icons": icons,
            "shortcuts": [{"name": _("Field day"), "url": reverse("field")}],
        },
        content_type="application/manifest+json",
    )


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The worker, from the root of Setia, so that it may look after all pages; what it keeps is put in front of it."""
    found = finders.find("web/worker.js")
    assert isinstance(found, str)
    code = Path(found).read_text(encoding="utf-8")
    kept = {"files": [staticfiles_storage.url(name) for name in FILES], "pages": [reverse(name) for name in PAGES]}
    mark = hashlib.sha256((json.dumps(kept) + code).encode()).hexdigest()[:12]
    text = f"const KEPT = {json.dumps(kept | {'name': f'setia-{mark}'})};\n{code}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
