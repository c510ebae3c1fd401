"""Answers plain HTTP with the way to HTTPS, and nothing else (`setia up --tls CERT KEY --http-port PORT`).

    python -m setia.command.redirect --host 0.0.0.0 --port 80 --to https://setia.toko.id --names setia.toko.id

Where the name that was asked for is one of the certificate's, it is kept; any other leads to the address of `--to`, so
that nobody can be sent away by a name they made up.
"""

import argparse
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class _Way(BaseHTTPRequestHandler):
    server: "_Server"
    timeout = 10
    server_version, sys_version = "Setia", ""

    def _answer(self) -> None:
        asked = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        to = urlsplit(self.server.to)
        host = asked.lower() if asked.lower() in self.server.names else to.hostname or ""
        port = f":{to.port}" if to.port and to.port != 443 else ""
        # A path that begins with two slashes would name another machine.
        path = "/" + self.path.lstrip("/") if self.path.startswith("/") else "/"
        self.send_response(308)
        self.send_header("Location", f"https://{host}{port}{path}")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: addresses people ask for are nobody's business."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, *, to: str, names: frozenset[str]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.to, self.names = to, names
        super().__init__((host, port), _Way)


def server(host: str, port: int, *, to: str, names: frozenset[str]) -> ThreadingHTTPServer:
    """A server that listens and has not begun to answer."""
    return _Server(host, port, to=to, names=names)


def main() -> None:
    """Answer until the process is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--names", default="")
    given = parser.parse_args()
    names = frozenset(filter(None, given.names.lower().split(",")))
    server(given.host, given.port, to=given.to, names=names).serve_forever()


if __name__ == "__main__":
    main()
