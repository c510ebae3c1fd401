"""A proxy as bad as a mobile network: of what is sent to one address it loses some, loses the answers of some, and
delivers some twice; everything else passes.

It forwards one request a connection and closes it: what it is about is what arrives, not how quickly.
"""

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from urllib.parse import urlsplit

FATES = ("LOST", "PASSED", "TWICE", "UNANSWERED", "PASSED", "TWICE", "UNANSWERED", "PASSED")


class BrokenProxy:
    """In front of the server at `to`. Requests that begin with `at` are broken; `met` counts what became of them."""

    def __init__(self, to: str, at: str) -> None:
        server = urlsplit(to)
        self.host, self.port, self.at = str(server.hostname), int(server.port or 80), at.encode()
        self.met: Counter[str] = Counter()
        self._fates = cycle(FATES)

    async def _asked(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(request)
        await writer.drain()
        answer = await reader.read(-1)
        writer.close()
        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = [one for one in head.split(b"\r\n") if one and not one.lower().startswith(b"connection:")]
            length = next((int(one.split(b":")[1]) for one in lines if one.lower().startswith(b"content-length:")), 0)
            request = b"\r\n".join([*lines, b"Connection: close", b"", b""]) + await reader.readexactly(length)
            fate = next(self._fates) if request.startswith(self.at) else "PASSED"
            if request.startswith(self.at):
                self.met[fate] += 1
            if fate != "LOST":
                answer = await self._asked(request)
                if fate == "TWICE":
                    answer = await self._asked(request)
                if fate != "UNANSWERED":
                    writer.write(answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # whoever asked has gone, which is what this is for
        finally:
            writer.close()

    @contextmanager
    def running(self) -> Iterator[str]:
        """The address to ask instead of the server's, for as long as the block runs."""
        ready: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.Queue()
        # A thread of its own: in the test's, Playwright keeps a loop running already.
        thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        thread.start()
        loop, over, port = ready.get(timeout=30)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join(30)

    async def _run(self, ready: "queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]") -> None:
        over = asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        ready.put((asyncio.get_running_loop(), over, server.sockets[0].getsockname()[1]))
        await over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
