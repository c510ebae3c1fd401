"""Whether an address is free to listen on, who has it otherwise, and which port is free instead."""

import errno
import socket
import subprocess
from pathlib import Path


def is_free(host: str, port: int) -> bool:
    """True when `host`:`port` can be listened on. Raises OSError where it never can be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def next_free(host: str, port: int) -> int | None:
    """The first free port above `port`, None when the next hundred are taken."""
    return next((number for number in range(port + 1, min(port + 101, 65536)) if is_free(host, number)), None)


def holder(port: int) -> str | None:
    """The process that listens on `port`, as "name (12)"; None when this user may not see it."""
    if Path("/proc/net/tcp").exists():
        return _holder_on_linux(port)
    try:
        command = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    facts = {line[0]: line[1:] for line in said.splitlines() if line}
    return _words(facts["c"], facts["p"]) if {"p", "c"} <= facts.keys() else None


def _holder_on_linux(port: int) -> str | None:
    """Finds the listening socket's number, then the process that has it open."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            if str(link.readlink()) in sockets:
                process = link.parent.parent
                return _words((process / "comm").read_text().strip(), process.name)
        except OSError:
            continue
    return None


def _words(name: str, pid: str) -> str:
    return f"{name} ({pid})"
