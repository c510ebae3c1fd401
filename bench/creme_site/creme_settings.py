"""Creme's settings for the comparison: its own defaults, on PostgreSQL, out of debug mode. Runs in its environment."""

import os
from urllib.parse import parse_qs, urlsplit

from creme.settings import *  # noqa: F403 — how Creme's own documentation extends its settings

_database = urlsplit(os.environ["DATABASE_URL"])
_folder = os.environ["BENCH_CREME_FOLDER"]

DEBUG = False
SECRET_KEY = "only for a measurement on this machine, in a database that is thrown away"
SITE_DOMAIN = "http://127.0.0.1"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": _database.username,
        "HOST": parse_qs(_database.query)["host"][0],
        "CONN_MAX_AGE": 60,
    }
}
JOBMANAGER_BROKER = f"unix_socket://{_folder}/"
MEDIA_ROOT = f"{_folder}/upload"
STATIC_ROOT = f"{_folder}/static"
GENERATED_MEDIA_NAMES_FILE = f"{_folder}/_generated_media_names.py"
