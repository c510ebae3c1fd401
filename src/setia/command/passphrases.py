"""Where a backup's passphrase comes from: a file, or the keyboard, typed twice where it is new. Never the command line,
which everybody on the machine can read.
"""

import getpass
from pathlib import Path

from setia.command.trouble import Trouble
from setia.command.words import _

_SHORTEST = 12


def ask(file: str | None, *, new: bool) -> str:
    """The passphrase. Raises Trouble for one that is missing, too short for a new one, or typed differently."""
    if file:
        try:
            said = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Trouble(
                _("The passphrase cannot be read from {file}: {error}").format(file=file, error=error)
            ) from error
    else:
        said = getpass.getpass(_("Passphrase: "))
        if new and said != getpass.getpass(_("The same again: ")):
            raise Trouble(_("The two passphrases differ. Nothing was written."))
    if not said or (new and len(said) < _SHORTEST):
        raise Trouble(_("A passphrase needs at least {count} characters.").format(count=_SHORTEST))
    return said
