"""Copies the third-party files the pages use out of `node_modules`, with their licences, and draws the icon sprite.

    python -m setia.web.vendor [NODE_MODULES]

What lands in `static/vendor/` is never committed; the wheel carries it. Everything is written beside its place and
moved there, so that a web process running meanwhile never reads half a file.
"""

import json
import re
import sys
from pathlib import Path

from setia.web.icons import ICONS

TARGET = Path(__file__).parent / "static" / "vendor"
# file in node_modules → name in static/vendor
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
LICENCES = ("htmx.org", "@tabler/core", "echarts", "lucide-static")
# Where a package names its licence and carries no text of it, the text of that name stands in.
MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def copy(modules: Path, target: Path = TARGET) -> list[str]:
    """Fill `target` from `modules` and return the names written.

    Raises FileNotFoundError when a package is not installed, naming the file.
    """
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for source, name in FILES.items():
        text = (modules / source).read_text(encoding="utf-8")
        # Maps are not shipped; a reference to one would only make the browser ask for it.
        written.append(_write(target, name, re.sub(r"\n?(/\*|//)# sourceMappingURL=.*$", "", text, flags=re.M)))
    written.append(_write(target, "lucide.svg", sprite(modules / "lucide-static" / "icons", ICONS)))
    written.append(_write(target, "LICENCES.txt", "\n\n".join(_licence(modules / package) for package in LICENCES)))
    for old in set(target.iterdir()) - {target / name for name in written}:
        old.unlink()
    return written


def sprite(icons: Path, names: tuple[str, ...]) -> str:
    """One SVG with a symbol for each icon; width, height and stroke come from the page's own style."""
    symbols = []
    for name in names:
        text = (icons / f"{name}.svg").read_text(encoding="utf-8")
        found = re.search(r"<svg[^>]*>(.*)</svg>", text, re.S)
        if found is None:
            raise ValueError(f"{name}.svg is not an icon")
        shape = re.sub(r"\s+", " ", found.group(1)).strip().replace("> <", "><")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shape}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def _licence(package: Path) -> str:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    parts = [f"{about['name']} {about['version']}, {about['license']}"]
    for name in ("LICENSE", "LICENSE.md", "NOTICE"):
        if (package / name).is_file():
            parts.append((package / name).read_text(encoding="utf-8").strip())
    if len(parts) == 1:
        if about["license"] != "MIT":
            raise ValueError(f"{about['name']} carries no text of its licence ({about['license']})")
        author = about.get("author", "")
        holder = author if isinstance(author, str) else author.get("name", "")
        parts.append(f"Copyright (c) {holder or about['name'] + ' authors'}\n\n{MIT}")
    return "\n\n".join(parts)


def _write(target: Path, name: str, text: str) -> str:
    fresh = target / (name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target / name)
    return name


def main() -> int:
    """Copy, or say plainly what is missing."""
    modules = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("node_modules")
    try:
        names = copy(modules)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is missing. Install the pages' libraries first: npm ci --ignore-scripts\n")
        return 1
    sys.stdout.write(f"{len(names)} files in {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
