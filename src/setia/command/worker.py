"""The background worker as `setia up` starts it: procrastinate's own command, with this process's settings."""

import os
import sys

if __name__ == "__main__":
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["setia", "procrastinate", "worker", *sys.argv[1:]])
