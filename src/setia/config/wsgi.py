"""The WSGI entry that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")

_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - there are settings only now

from setia.core.seats import Application, Seats  # noqa: E402

application: Application = Seats(_django, settings.PAGES_AT_ONCE) if settings.PAGES_AT_ONCE else _django
