"""The background worker as `setia up` starts it: procrastinate's own command, with this process's settings."""

import os
import sys

if __name__ == "__main__":
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    from django.core.management import execute_from_command_line

    # `setia up` has checked the settings a moment ago. Doing so again would load every page, which no job needs: 35 MB.
    execute_from_command_line(["setia", "procrastinate", "--skip-checks", "worker", *sys.argv[1:]])
