"""Catalogues of the screen's words: one per room, Indonesian beside the English of the code.

    python -m setia.web.i18n extract [ROOM…]   new strings into each room's catalogue; translations stay
    python -m setia.web.i18n compile           the catalogues Python reads (`.mo`, never committed)
    python -m setia.web.i18n check [ROOM…]     fails on what is untranslated, out of use, doubtful or torn

Strings are found by Babel in Python (`gettext` and its relatives, `_`) and in Jinja templates (`_()`, `{% trans %}`).
The same English in two rooms must have the same Indonesian, because at run time all rooms' catalogues are one.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOMS = Path(__file__).resolve().parent.parent
LANGUAGE = "id"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_HEADER = """\
# Indonesian words of {room}.
msgid ""
msgstr ""
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# %(name)s, %s and %d; {name} as str.format has it
_HOLES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass
class Found:
    """A string of the code: its context, its plural (if it has one), and the files it stands in."""

    text: str
    plural: str | None = None
    context: str | None = None
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text


def rooms(names: Iterable[str] = ()) -> list[Path]:
    """The rooms' folders, or those of the given names. Raises SystemExit for a name that is no room."""
    every = sorted(path.parent for path in ROOMS.glob("*/__init__.py"))
    wanted = list(names)
    unknown = set(wanted) - {room.name for room in every}
    if unknown:
        raise SystemExit(f"No such room: {', '.join(sorted(unknown))}")
    return [room for room in every if not wanted or room.name in wanted]


def strings(room: Path) -> dict[tuple[str | None, str], Found]:
    """Every translatable string of a room, in the order of files and lines."""
    found: dict[tuple[str | None, str], Found] = {}
    for path, method, options in _sources(room):
        with path.open("rb") as file:
            for _line, message, _comments, context in extract(method, file, KEYWORDS, options=options):
                parts = message if isinstance(message, tuple) else (message,)
                text, plural = parts[0], parts[1] if len(parts) > 1 else None
                if not text:
                    continue
                one = found.setdefault((context or None, text), Found(text, plural, context or None))
                one.plural = one.plural or plural
                name = str(path.relative_to(ROOMS))
                if name not in one.files:
                    one.files.append(name)
    return found


def _sources(room: Path) -> Iterator[tuple[Path, str, dict[str, str]]]:
    for path in sorted(room.rglob("*.py")):
        inside = path.relative_to(room).parts
        if "tests" not in inside and "migrations" not in inside:
            yield path, "python", {}
    for path in sorted((room / "jinja2").rglob("*")):
        if path.is_file():
            yield (
                path,
                "jinja2.ext:babel_extract",
                {
                    "extensions": "jinja2.ext.do",
                    "newstyle_gettext": "true",
                    "trim_blocks": "true",
                    "lstrip_blocks": "true",
                    "silent": "false",
                },
            )


def catalogue_path(room: Path) -> Path:
    """Where a room keeps its Indonesian words."""
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(room: Path) -> Catalog:
    """The room's catalogue; an empty one where there is none yet."""
    path = catalogue_path(room)
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def _empty() -> Catalog:
    catalogue = Catalog(locale=LANGUAGE, charset="utf-8")
    # Indonesian has one form for all numbers; Babel's own table does not know it and would write two.
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


def update(room: Path) -> int:
    """Bring the catalogue in line with the code; returns the number of strings still without a translation."""
    found = strings(room)
    path = catalogue_path(room)
    if not found and not path.exists():
        return 0
    old, new = read(room), _empty()
    missing = 0
    for one in found.values():
        known = old.get(one.text, one.context)
        kept = (_texts(known) or ("",))[0] if known else ""
        missing += not kept
        if one.plural:
            message = new.add((one.text, one.plural), (kept,), context=one.context)
        else:
            message = new.add(one.text, kept, context=one.context)
        if known:
            message.user_comments = known.user_comments
            message.flags |= known.flags & {"fuzzy"}
        # A lone % in plain text is not a format; Babel's guess would have tools reject a good translation.
        message.flags -= {"python-format", "python-brace-format"}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(_HEADER.format(room=room.name).encode())
        write_po(file, new, width=0, omit_header=True, no_location=True)
    fresh.replace(path)
    return missing


def compile_all(*, only_stale: bool = False) -> list[Path]:
    """Write each room's `.mo`; with `only_stale`, where it is missing or older than its `.po`."""
    written = []
    for room in rooms():
        source = catalogue_path(room)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if only_stale and target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, read(room))
        fresh.replace(target)
        written.append(target)
    return written


def problems(names: Iterable[str] = ()) -> list[str]:
    """What is wrong with the catalogues, a line each; empty when all is well."""
    wrong: list[str] = []
    said: dict[tuple[str | None, str], tuple[str, str]] = {}
    wanted = {room.name for room in rooms(names)}
    for room in rooms():
        mine: list[str] = []
        found, catalogue = strings(room), read(room)
        for one in found.values():
            where = f"{one.files[0]}: {one.text[:70]!r}"
            message = catalogue.get(one.text, one.context)
            if message is None or not _translated(message):
                mine.append(f"untranslated   {where}")
                continue
            if message.fuzzy:
                mine.append(f"doubtful       {where} is marked fuzzy")
            for text in _texts(message):
                if sorted(set(_HOLES.findall(text))) != sorted(set(_HOLES.findall(one.plural or one.text))):
                    mine.append(f"torn           {where}: the translation's placeholders differ: {text[:70]!r}")
            first = said.setdefault(one.key, (room.name, _texts(message)[0]))
            if first[1] != _texts(message)[0]:
                mine.append(f"two meanings   {where}: {_texts(message)[0]!r} here, {first[1]!r} in {first[0]}")
        for message in catalogue:
            if message.id:
                text = message.id if isinstance(message.id, str) else message.id[0]
                if (message.context, text) not in found:
                    mine.append(f"out of use     {room.name}: {text[:70]!r}")
        wrong += [f"obsolete       {room.name}: {key!r} is kept as a comment" for key in catalogue.obsolete]
        if room.name in wanted:
            wrong += mine
    return wrong


def _texts(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ())


def _translated(message: Message) -> bool:
    texts = _texts(message)
    return bool(texts) and all(texts)


def main(arguments: list[str]) -> int:
    """The command; returns its exit code."""
    verb, names = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb == "extract":
        for room in rooms(names):
            missing = update(room)
            sys.stdout.write(f"{room.name}: {missing} without a translation\n")
        return 0
    if verb == "compile":
        sys.stdout.write(f"{len(compile_all())} catalogues compiled\n")
        return 0
    if verb == "check":
        wrong = problems(names)
        sys.stdout.write("".join(f"{line}\n" for line in wrong))
        end = f"{len(wrong)} problems in the catalogues" if wrong else "Every string has its translation."
        sys.stdout.write(f"{end}\n")
        return 1 if wrong else 0
    sys.stderr.write((__doc__ or "") + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
