"""Keeps what the proofs measured: a section of insight/docs/proofs.md each, the other sections left as they are."""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "insight" / "docs" / "proofs.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table's lines."""
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]


def keep(title: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Write the section `title`, in its old place, or at the end when it is new."""
    head, *sections = page.read_text().split("\n## ")
    fresh = "\n".join([title, "", *lines]).rstrip() + "\n"
    titles = [section.split("\n", 1)[0] for section in sections]
    if title in titles:
        sections[titles.index(title)] = fresh
    else:
        sections.append(fresh)
    page.write_text("\n".join([head.rstrip() + "\n", *(f"## {section.rstrip()}\n" for section in sections)]))


def parts(title: str, page: Path = PAGE) -> dict[str, list[str]]:
    """The parts (###) the section `title` has by now: heading to lines, the heading among them."""
    _, found, section = page.read_text().partition(f"\n## {title}\n")
    some = section.split("\n## ", 1)[0].split("\n### ")[1:] if found else []
    return {part.split("\n", 1)[0]: [*f"### {part.rstrip()}".split("\n"), ""] for part in some}
