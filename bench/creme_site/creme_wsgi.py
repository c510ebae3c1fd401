"""Creme as a WSGI application, for the same server that Setia runs under. Runs in its environment."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creme_settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
