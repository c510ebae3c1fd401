"""A browser reduced to what a clock needs: one connection kept open, cookies, forms."""

import http.client
import re
import statistics
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


class Browser:
    """Speaks to one server on this machine."""

    def __init__(self, port: int, *, timeout_seconds: float = 120) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """What each request says besides or instead of what a browser does: a token, say."""

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page as it is, redirects not followed: status and text."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form. A redirect's text is the address it names."""
        return self._ask("POST", path, urlencode(fields))

    def sign_in(self, path: str, user_field: str, user: str, password: str) -> None:
        """Fill in a sign-in form that carries Django's token. Raises RuntimeError when the answer is no redirect."""
        _status, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', page)
        fields = {user_field: user, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        status, _page = self.post(path, fields)
        if status not in {301, 302, 303}:
            raise RuntimeError(f"signing in at {path} answered {status}")

    def time(self, path: str) -> tuple[float, str]:
        """Milliseconds until the whole page was read, and its text. Raises RuntimeError when it is not a page."""
        begun = time.perf_counter()
        status, page = self.get(path)
        milliseconds = 1000 * (time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return milliseconds, page

    def first(self, path: str) -> float:
        """Milliseconds until the first bytes of an answer's body; the rest of it is left. Raises RuntimeError."""
        begun = time.perf_counter()
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        response.read(1)
        milliseconds = 1000 * (time.perf_counter() - begun)
        self._connection.close()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return milliseconds

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {
            "Host": "localhost",
            "Accept": "text/html",
            "Accept-Language": "id",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": "http://localhost/"}
        headers |= self.headers
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: one.value for name, one in SimpleCookie(value).items()}
        if response.status in {301, 302, 303}:
            return response.status, urlsplit(response.headers["Location"]).path
        return response.status, text


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]
