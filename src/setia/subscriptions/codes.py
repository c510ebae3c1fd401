"""One way to write what names a plan or a unit, so that `ab-12 ` and `AB-12` are one."""

from setia.core.text import line


def code(value: str) -> str:
    """A code or serial number as it is stored: trimmed and in capitals, letter by letter as the database does it."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in line(value))
