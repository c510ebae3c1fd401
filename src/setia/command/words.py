"""Translation for the command line, which must speak before Django is set up (or when it cannot be).

The language is the terminal's (`LC_ALL`, `LC_MESSAGES`, `LANG`); the catalogue is this room's own
`locale/<language>/LC_MESSAGES/django.po`, like every other room's. Without a compiled catalogue the English of the
code is shown.
"""

import gettext as _library
from pathlib import Path

_catalogue = _library.translation("django", Path(__file__).parent / "locale", fallback=True)


def _(message: str) -> str:
    """`message` in the terminal's language; names in braces are filled by the caller with `str.format`."""
    return _catalogue.gettext(message)
