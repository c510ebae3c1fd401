"""The private server's settings, written at every start so that a new Setia brings its new settings along.

Aimed at a small machine (2 cores, 4 GB). A firm's own settings go into `postgresql.local.conf` in the folder above the
data; they are read after ours and win.
"""

import os
from pathlib import Path

_NAME = "setia.conf"

_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # One machine, no standby: WAL carries what crash recovery needs and nothing more.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "min_wal_size": "160MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    # Logs hold no personal data: an error's text can quote a value, its detail and statement do. The application
    # logs its own errors with a reference number.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}

_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
}
_MIB = 2**20


def write(data: Path, *, throwaway: bool, people: list[str]) -> None:
    """Writes settings and access rules into the data folder `data`.

    `people` are the system users that may connect: by the socket alone, and the kernel says who they are (`peer`).
    """
    settings = _SETTINGS | _caches(memory()) | (_THROWAWAY if throwaway else {}) | _shared_memory()
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    _put(data / _NAME, f"# Written by Setia at every start. Your own settings: ../postgresql.local.conf\n{lines}")
    if not (own := data.parent / "postgresql.local.conf").exists():
        _put(own, "# Your own settings for Setia's PostgreSQL; they win over Setia's and are read at every start.\n")
    main = data / "postgresql.conf"
    include = f"include_if_exists = '{_NAME}'\ninclude_if_exists = '../postgresql.local.conf'\n"
    if include not in main.read_text():
        _put(main, f"{main.read_text()}\n{include}")
    _put(data / "pg_hba.conf", "# Written by Setia at every start.\nlocal all all peer map=setia\n")
    rules = "".join(f"setia {person} {role}\n" for person in people for role in ("postgres", "setia"))
    _put(data / "pg_ident.conf", f"# Written by Setia at every start.\n{rules}")


def memory() -> int:
    """Bytes of memory this machine has, or the container around it may use."""
    here = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(here, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):  # no such file, or "max"
        return here


def _caches(memory: int) -> dict[str, str]:
    """An eighth of the memory for PostgreSQL's own cache, 512 MB at the most: with a million customers a search by a
    common name took a quarter less time than with 128 MB, and an import stays within its memory. What else is free
    serves as the system's cache."""
    buffers = min(max(memory // 8 // _MIB, 128), 512)
    return {"shared_buffers": f"{buffers}MB", "effective_cache_size": f"{max(memory // 2 // _MIB, 1024)}MB"}


def _shared_memory() -> dict[str, str]:
    """Containers often give /dev/shm 64 MB, too little for a parallel query; files in the data folder then serve."""
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 - asked for its size only
    except OSError:
        return {}
    return {"dynamic_shared_memory_type": "mmap"} if room.f_frsize * room.f_blocks < 256 * 2**20 else {}


def _put(path: Path, text: str) -> None:
    """Replaces a file's text where it differs; the file belongs to whom the folder belongs to.

    Root writes here into a folder of somebody else, so a link in the file's place is refused rather than followed.
    """
    if path.exists() and not path.is_symlink() and path.read_text() == text:
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(text)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
