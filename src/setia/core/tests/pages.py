"""Reads a form off a page, as a browser would send it, so that a test changes one field and sends the rest as is."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    def __init__(self, marker: str) -> None:
        super().__init__()
        self.marker, self.open, self.found = marker, False, False
        self.fields: dict[str, str] = {}
        self.select: str | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = self.marker in given.get("class", "") and not self.found
            self.found = self.found or self.open
        if not self.open:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.fields[name] = given.get("value", "")
        elif tag == "select":
            self.select = name
            self.fields.setdefault(name, "")
        elif tag == "option" and self.select and "selected" in given:
            self.fields[self.select] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.fields[self.area] += data.removeprefix("\n")


def form_on(answer: Any, *, marker: str = "s-form") -> dict[str, str]:
    """The fields of the first form of a page whose class holds `marker`, without the token."""
    reader = _Form(marker)
    reader.feed(answer.content.decode())
    assert reader.found, "no such form on the page"
    return {name: value for name, value in reader.fields.items() if name != "csrfmiddlewaretoken"}
