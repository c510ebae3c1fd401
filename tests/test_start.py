"""What the web process loads when it starts: it must be up at once and stay small, so what counts comes later."""

import os
import subprocess
import sys

_LOAD = """
import sys
import setia.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns  # as the first request does
from django.conf import settings
from django.utils.module_loading import import_string
import_string(settings.SETIA_LISTENERS)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_pages_start_without_the_libraries_that_count() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "setia.config.settings",
        "DATABASE_URL": "postgresql:///none?host=/nowhere",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LOAD], env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"django", "setia"} <= loaded
    heavy = {"numpy", "pyarrow", "numba", "llvmlite", "duckdb", "scipy", "sklearn", "pandas", "splink", "setia_insight"}
    assert not loaded & heavy
