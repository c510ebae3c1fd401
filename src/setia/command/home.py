"""The home: the one folder that holds everything that is the firm's, outside the code.

postgres/  the database        backups/  dumps            logs/    rotating logs
run/       locks, who holds    files/    uploads          static/  pages' files, made anew when the code changes
"""

import os
from pathlib import Path

_VARIABLE = "SETIA_HOME"


def find() -> Path:
    """The home as an absolute path: `SETIA_HOME`, else `var` where the command is typed.

    The variable is set to it, so that Django's settings and child processes mean the same folder.
    """
    home = Path(os.path.abspath(os.environ.get(_VARIABLE) or "var"))  # noqa: PTH100 - links stay as they are written
    os.environ[_VARIABLE] = str(home)
    return home


def folder(home: Path, name: str) -> Path:
    """The folder `name` in the home, made when missing, closed to everybody else."""
    path = home / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
