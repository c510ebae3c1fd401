"""A system that is told what happens: a real server on this machine, which remembers what it was sent."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Answers with `status` (and `headers`), after `before_answering`; `got` is what came in."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = self._answers
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)))
                outer.answers(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _answers(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    @property
    def types(self) -> list[str]:
        """The events that came in, in their order."""
        return [json.loads(body)["type"] for _headers, body in self.got]

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
