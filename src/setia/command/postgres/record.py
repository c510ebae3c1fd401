"""What `postmaster.pid` tells about a server, and whether that server still lives.

PostgreSQL writes the file at its start and removes it at its end; a killed server leaves it behind. The pid in it may
belong to somebody else by now, and a copied folder carries the file of the original's server.
"""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
_HAS_PROC = Path("/proc/self/cwd").exists()


@dataclass(frozen=True)
class Record:
    """The lines that matter here; `ready` when the server accepts work."""

    pid: int
    socket_folder: Path
    ready: bool


def read(data: Path) -> Record | None:
    """The record in the data folder, None when there is none or it is still being written."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Record(int(lines[0]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None


def lives(record: Record, data: Path) -> bool:
    """True when the record's process lives and works in `data`; a zombie does not."""
    if _HAS_PROC:
        try:
            return Path(f"/proc/{record.pid}/cwd").samefile(data)
        except OSError:
            return False
    try:
        os.kill(record.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    command = ["ps", "-o", "state=,command=", "-p", str(record.pid)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return str(data) in said and not said.startswith("Z")


def answers(folder: Path, uid: int) -> bool:
    """True when the socket in `folder` belongs to the user `uid` and somebody accepts connections on it."""
    path = folder / SOCKET_NAME
    try:
        if path.lstat().st_uid != uid:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(5)
            probe.connect(str(path))
        return True
    except OSError:
        return False


def quit_leftovers(data: Path) -> None:
    """Tells a killed server's last processes to leave now (Linux; elsewhere they leave by themselves).

    A backend in the middle of a long query notices its server's death only at the query's end, and no new server
    starts while it lives.
    """
    for entry in Path("/proc").glob("[0-9]*") if _HAS_PROC else ():
        try:
            if int(entry.name) != os.getpid() and (entry / "cwd").samefile(data):
                os.kill(int(entry.name), signal.SIGQUIT)
        except OSError:
            continue
