"""What the library refuses, and why.

Every refusal derives from `InsightError`, so a caller can catch the lot; the two below differ in what the caller can
do about it: mend the input, or wait for more customers.
"""

from __future__ import annotations


class InsightError(ValueError):
    """Anything this library refuses to compute."""


class BadInput(InsightError):
    """The values given do not mean what the function needs: a missing column, a negative time, an infinite amount."""


class NotEnoughData(InsightError):
    """The data is sound but too little to estimate from.

    `needs` and `has` hold the same keys (such as ``customers`` or ``repeat_customers``) so that a caller can say in
    its own language how much is missing.
    """

    def __init__(self, model: str, needs: dict[str, int], has: dict[str, int]) -> None:
        self.model = model
        self.needs = dict(needs)
        self.has = dict(has)
        short = [f"{has[key]} {key.replace('_', ' ')} of {needs[key]}" for key in needs if has[key] < needs[key]]
        super().__init__(f"{model} needs more data: there are {', '.join(short)} needed")
