"""Setia's own PostgreSQL: a private server in the data folder, started by whoever needs it, stopped by who leaves last.

    with PrivateServer(home) as server:
        psycopg.connect(server.url)

It listens on a Unix socket in the data folder and on no network address. Several commands may use it at once: each
holds a shared lock while it needs the server, and the one that finds nobody else holding it stops it. A command
killed with -9 loses its lock with its life, so nothing has to be cleaned up.
"""

from setia.command.postgres.binaries import Binaries, every, find
from setia.command.postgres.server import PrivateServer

__all__ = ["Binaries", "PrivateServer", "every", "find"]
