"""What a command says when it cannot go on: what is wrong, where, and what to do about it.

Everything under `setia.command` raises `Trouble` for a fault the person at the keyboard can mend; `setia.command.main`
prints it without a traceback and ends with exit code 1. Any other exception is a bug and keeps its traceback.
"""


class Trouble(Exception):
    """A fault told in plain words.

    `what` names the fault and the place, `todo` the next step (one or more lines, may be empty).
    """

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what}\n{self.todo}" if self.todo else self.what
