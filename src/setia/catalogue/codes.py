"""One way to write a product's code, so that `85123a ` and `85123A` are one product."""

from setia.core.text import line


def code(value: str) -> str:
    """A product's code as it is stored: trimmed and in capitals, letter by letter as the database does it."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in line(value))
