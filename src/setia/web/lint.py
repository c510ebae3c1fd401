"""Reads every Jinja template and says what would break the content policy, a screen reader, or a language.

    python -m setia.web.lint

Checked: the syntax; no style attribute, on… handler, script or style element (data blocks and files apart), no `|safe`;
visible text and spoken attributes only through `_()`; a lone % in such a string; an image's alt, a button's type (a
form's only button may leave it out), a POST form's token; names of icons, static files and URLs that exist; no number
or day written by a filter from a constant, since that is done once, in the first reader's language.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from setia.web.icons import ICONS

ROOMS = Path(__file__).resolve().parent.parent
SPOKEN = {"title", "alt", "placeholder", "aria-label", "data-confirm", "aria-description", "aria-roledescription"}
# Elements without an end tag, and names that are the same in every language.
_VOID = {"input", "br", "hr", "img", "meta", "link", "use", "path", "rect", "circle", "source", "col", "wbr"}
_NAMES = {"Setia", "WhatsApp", "RFM", "CSV", "JSON", "XLSX", "SMTP", "TLS", "STARTTLS", "Ctrl", "Enter", "Esc", "UTF"}
_WRITTEN = {"number", "percent", "money", "short_money", "short_number", "day", "month"}
_MARK = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
_TRANS = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.S)
_SPOT = "\ue000"  # stands where a template writes a value


@dataclass(frozen=True)
class Problem:
    """Something to mend: the file, the line, what is wrong."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def templates() -> list[Path]:
    """Every Jinja template of every room."""
    return sorted(path for path in ROOMS.glob("*/jinja2/**/*") if path.is_file())


def check(source: str, name: str = "template") -> list[Problem]:
    """What is wrong with one template's text."""
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        return [Problem(name, error.lineno, f"the template cannot be read: {error.message}")]
    return [*_nodes(tree, name), *_markup(source, name)]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """An environment that parses what Setia's parses."""
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True)  # noqa: S701


def _nodes(tree: nodes.Template, name: str) -> Iterator[Problem]:
    for one in tree.find_all(nodes.Filter):
        if one.name == "safe":
            yield Problem(name, one.lineno, "|safe switches the escaping off")
        if one.name in _WRITTEN and isinstance(one.node, nodes.Const):
            yield Problem(
                name, one.lineno, f"|{one.name} of a constant keeps the first reader's language: give the text"
            )
    for call in tree.find_all(nodes.Call):
        yield from _call(call, name)


def _call(call: nodes.Call, name: str) -> Iterator[Problem]:
    called = call.node.name if isinstance(call.node, nodes.Name) else getattr(call.node, "attr", "")
    first = call.args[0] if call.args else None
    if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
        if called in ("_", "gettext", "ngettext") and first is not None:
            yield Problem(name, call.lineno, f"{called}() wants the text itself, else nobody can translate it")
        return
    text = first.value
    if called == "icon" and text not in ICONS:
        yield Problem(name, call.lineno, f"the icon {text!r} is not in setia/web/icons.py")
    elif called in ("_", "gettext", "ngettext") and re.search(r"%(?!\(\w+\)[a-z])", text.replace("%%", "")):
        yield Problem(name, call.lineno, f"a % in a translated text is written %%: {text!r}")
    elif called == "static" and not text.startswith("vendor/") and not list(ROOMS.glob(f"*/static/{text}")):
        yield Problem(name, call.lineno, f"there is no static file {text!r}")


def _markup(source: str, name: str) -> Iterator[Problem]:
    # Template marks are blanked, line ends kept, so that the HTML parser sees plain markup on the right lines.
    def blank(match: re.Match[str]) -> str:
        text = match.group(0)
        keep = _SPOT if text.startswith("{{") or "trans" in text[:12] else ""
        if re.search(r"\bcsrf(\(\)|_input)", text):
            keep = '<input name="csrfmiddlewaretoken">'
        return keep + "\n" * text.count("\n")

    plain = _MARK.sub(blank, _TRANS.sub(lambda match: _SPOT + "\n" * match.group(0).count("\n"), source))
    reader = _Reader(name)
    reader.feed(plain)
    reader.close()
    reader.end_form()
    yield from reader.problems


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.problems: list[Problem] = []
        self.open: list[str] = []
        self.form: dict[str, int] | None = None

    def wrong(self, text: str, line: int | None = None) -> None:
        self.problems.append(Problem(self.name, line or self.getpos()[0], text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        for key, value in given.items():
            if key == "style":
                self.wrong("a style attribute: write a class, or data-css-… for a value of the server's")
            elif re.fullmatch(r"on[a-z]+", key) or value.lstrip().lower().startswith("javascript:"):
                self.wrong(f"a handler in the page ({key}): behaviour belongs to app.js")
            elif key.startswith(("hx-on", "hx-vars")) or (key.startswith("hx-") and "js:" in value):
                self.wrong(f"{key} runs script from the page")
            elif key in SPOKEN and not _quiet(value):
                self.wrong(f"untranslated {key}: {value!r}")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.wrong("script inside the page")
        if tag == "style":
            self.wrong("a style element")
        if tag == "img" and "alt" not in given:
            self.wrong("an image without alt")
        if tag == "form":
            self.end_form()
            post = given.get("method", "").lower() == "post"
            self.form = {"line": self.getpos()[0], "post": post, "token": 0, "buttons": 0, "untyped": 0}
        if tag == "button":
            if self.form is None and "type" not in given and "form" not in given:
                self.wrong("a button outside a form without a type")
            elif self.form is not None:
                self.form["buttons"] += 1
                self.form["untyped"] += "type" not in given
        if tag == "input" and given.get("name") == "csrfmiddlewaretoken" and self.form is not None:
            self.form["token"] = 1
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.end_form()
        while self.open and tag in self.open and self.open.pop() != tag:
            pass

    def end_form(self) -> None:
        """Look back at the form that ends here."""
        form, self.form = self.form, None
        if form is None:
            return
        if form["post"] and not form["token"]:
            self.wrong("a POST form without the CSRF token", form["line"])
        if form["untyped"] and form["buttons"] > 1:
            self.wrong("a form with several buttons, one without a type", form["line"])

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style", "kbd", "code"):
            return
        if not _quiet(data):
            self.wrong(f"untranslated text: {' '.join(data.split())[:60]!r}")


def _quiet(text: str) -> bool:
    """Nothing a translator would want: values, marks, names."""
    rest = re.sub(r"[?&]\w+=", " ", text.replace(_SPOT, " "))  # a part of an address is no word
    words = [word for word in re.split(r"[\s\W\d_]+", rest) if word]
    return all(len(word) == 1 or word in _NAMES for word in words)


def main() -> int:
    """Check all templates and return the exit code."""
    found = [
        problem
        for path in templates()
        for problem in check(path.read_text(encoding="utf-8"), str(path.relative_to(ROOMS)))
    ]
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    end = f"{len(found)} problems in the templates" if found else f"{len(templates())} templates are in order."
    sys.stdout.write(f"{end}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
