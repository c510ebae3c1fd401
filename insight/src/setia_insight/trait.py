"""Six traits of a customer, several at once, each a score from 0 to 1 with the numbers behind it.

A trait is shown from .5. A score of NaN means that nothing can be said: the records it needs were not given, or there
are too few of them. 0 means that the trait was looked for and is not there. How each score is made:

NEW         falls in a straight line from 1 on the day of the first purchase to .5 at `new_days` and on to 0. A prospect
            is new by questions asked: 1 - 2^(-questions / `new_questions`).
POTENTIAL   has not bought; the geometric mean of fit and interest. 0 for a buyer.
IMPULSIVE   the geometric mean of: 2^(-gap / `impulse_gap_days`) for the gap from first sight to purchase, the share of
            purchases in categories the customer had not bought before, and the share bought without a promotion.
THRIFTY     how sure it is that the customer's rate of buying on promotion exceeds the firm's. The rate is shrunk: its
            prior is a Beta around the firm's rate, as wide as customers really differ (method of moments on the
            beta-binomial), so that few orders, or customers who do not differ, prove nothing. With P the posterior
            probability of a rate above the firm's by `thrifty_margin` of the room left, the score is .5 at P =
            `thrifty_certainty`, straight lines to 0 at P = .5 and to 1 at P = 1.
DEVOTED     buys regularly, by the customer's own rhythm, and has not stopped. Regularity is 1 - v, where v is the
            squared variation coefficient of the gaps between purchase days, shrunk towards the 1 of somebody who buys
            at random as if by `devoted_prior_gaps` such gaps. A silence longer than the rhythm allows (the mean gap
            and two standard deviations) lowers the score in proportion.
ADVOCATE    bought within the year and brings others: 1 - 2^(-referrals / `advocate_referrals`). 0 for somebody who no
            longer buys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from setia_insight.errors import BadInput

TRAITS = ("NEW", "POTENTIAL", "IMPULSIVE", "THRIFTY", "DEVOTED", "ADVOCATE")
SHOWN_FROM = 0.5
"""A trait is claimed from this score on."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TraitRules:
    """Thresholds of the traits; the module's text says what each does."""

    new_days: float = 90.0
    new_questions: float = 3.0
    impulse_gap_days: float = 1.0
    thrifty_orders: int = 3
    """Fewer orders than this, and nothing is said about thrift."""
    thrifty_margin: float = 0.1
    thrifty_certainty: float = 0.95
    devoted_gaps: int = 4
    """Fewer gaps between purchase days than this, and nothing is said about devotion."""
    devoted_prior_gaps: float = 4.0
    advocate_referrals: float = 1.0


def new(
    days_since_first: ArrayLike, *, questions: ArrayLike | None = None, rules: TraitRules = TraitRules()
) -> pa.Table:
    """NEW. `days_since_first` is NaN for a prospect, who is judged by `questions` if given.

    Columns: `score`; `days` (float64, since the first purchase) and `questions` (float64), NaN where not used.
    """
    days = _floats(days_since_first)
    asked = _optional(questions, len(days))
    prospect = np.isnan(days)
    by_days = np.clip(1.0 - 0.5 * days / rules.new_days, 0.0, 1.0)
    by_questions = 1.0 - 2.0 ** (-asked / rules.new_questions)
    return _table(np.where(prospect, by_questions, by_days), days=days, questions=np.where(prospect, asked, np.nan))


def potential(bought: ArrayLike, *, fit: ArrayLike | None = None, interest: ArrayLike | None = None) -> pa.Table:
    """POTENTIAL. `fit` and `interest` lie between 0 and 1; NaN without both. Columns: `score`, `fit`, `interest`."""
    is_buyer = np.asarray(bought, dtype=np.bool_)
    how_fit, how_keen = _share(fit, "fit", len(is_buyer)), _share(interest, "interest", len(is_buyer))
    return _table(np.where(is_buyer, 0.0, np.sqrt(how_fit * how_keen)), fit=how_fit, interest=how_keen)


def impulsive(
    customers: int,
    *,
    first_sight_gap_days: ArrayLike | None = None,
    unplanned_share: ArrayLike | None = None,
    promotion_share: ArrayLike | None = None,
    rules: TraitRules = TraitRules(),
) -> pa.Table:
    """IMPULSIVE, for customers of whom all three are known; NaN for the others.

    Columns: `score`, `gap_days`, `unplanned_share`, `promotion_share`.
    """
    gap = _optional(first_sight_gap_days, customers)
    if bool((gap < 0).any()):
        raise BadInput("nobody buys before the first sight: a gap must be 0 or more")
    unplanned = _share(unplanned_share, "unplanned_share", customers)
    promoted = _share(promotion_share, "promotion_share", customers)
    score = np.cbrt(2.0 ** (-gap / rules.impulse_gap_days) * unplanned * (1.0 - promoted))
    return _table(score, gap_days=gap, unplanned_share=unplanned, promotion_share=promoted)


def thrifty(
    orders: ArrayLike,
    promotion_orders: ArrayLike | None,
    *,
    base_rate: float | None = None,
    rules: TraitRules = TraitRules(),
) -> pa.Table:
    """THRIFTY. `promotion_orders` of the customer's `orders` used a promotion or discount; None: not recorded.

    `base_rate` is the share of orders a promotion calendar alone would explain; without it, the firm's own share.
    Columns: `score`, `orders`, `promotion_orders`, `base_rate`, `share` (shrunk), `certainty` (P of the module's text).
    Everything is NaN where there are fewer than `thrifty_orders` orders, or no promotions at all.
    """
    n = _floats(orders)
    if promotion_orders is None:
        nothing = np.full(len(n), np.nan)
        return _table(nothing, orders=n, promotion_orders=nothing, base_rate=nothing, share=nothing, certainty=nothing)
    k = _floats(promotion_orders)
    _same_length(n, k, "promotion_orders")
    if bool((k > n).any()) or bool((k < 0).any()):
        raise BadInput("promotion_orders must lie between 0 and orders")
    total = float(n.sum())
    rate = base_rate if base_rate is not None else (float(k.sum()) / total if total else 0.0)
    if not 0.0 <= rate <= 1.0:
        raise BadInput(f"base_rate lies between 0 and 1, not {rate}")
    enough = n >= rules.thrifty_orders
    certainty, share = np.full(len(n), np.nan), np.full(len(n), np.nan)
    if 0.0 < rate < 1.0 and bool(enough.any()):
        strength = _prior_strength(n[enough], k[enough], rate)
        threshold = rate + rules.thrifty_margin * (1.0 - rate)
        if np.isinf(strength):
            # Customers do not differ beyond chance: every one of them has the firm's rate, none more.
            certainty[enough], share[enough] = 0.0, rate
        else:
            above, below = strength * rate + k[enough], strength * (1.0 - rate) + (n - k)[enough]
            certainty[enough] = 1.0 - betainc(above, below, threshold)
            share[enough] = above / (above + below)
    sure = rules.thrifty_certainty
    low = np.clip((certainty - 0.5) / (sure - 0.5), 0.0, 1.0) * 0.5
    score = low + np.clip((certainty - sure) / (1.0 - sure), 0.0, 1.0) * 0.5
    return _table(
        score,
        orders=n,
        promotion_orders=k,
        base_rate=np.where(np.isnan(certainty), np.nan, rate),
        share=share,
        certainty=certainty,
    )


def devoted(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, gap_squares: ArrayLike, *, rules: TraitRules = TraitRules()
) -> pa.Table:
    """DEVOTED, from the columns `x`, `t_x`, `T` and `gap_squares` of `summary.summarise`, in days.

    Columns: `score`; `gaps`, `gap_days` (mean gap), `variation` (shrunk variation coefficient; 0 like a clock, 1 like
    chance), `silence_days` (since the latest purchase), `allowed_days` (the silence the rhythm allows). NaN where there
    are fewer than `devoted_gaps` gaps.
    """
    gaps, span, age, squares = _floats(x), _floats(t_x), _floats(T), _floats(gap_squares)
    for name, values in (("t_x", span), ("T", age), ("gap_squares", squares)):
        _same_length(gaps, values, name)
    enough = gaps >= max(rules.devoted_gaps, 2)
    count = np.where(enough, gaps, np.nan)
    mean = span / count
    variance = np.maximum(squares - count * mean**2, 0.0) / (count - 1.0)
    prior = rules.devoted_prior_gaps
    shrunk = np.minimum((count * variance / mean**2 + prior) / (count + prior), 1.0)
    silence = np.where(enough, age - span, np.nan)
    allowed = mean * (1.0 + 2.0 * np.sqrt(shrunk))
    with np.errstate(divide="ignore"):
        still = np.minimum(1.0, allowed / silence)
    return _table(
        (1.0 - shrunk) * still,
        gaps=count,
        gap_days=mean,
        variation=np.sqrt(shrunk),
        silence_days=silence,
        allowed_days=allowed,
    )


def advocate(
    bought_within_year: ArrayLike,
    referrals: ArrayLike | None,
    *,
    rules: TraitRules = TraitRules(),
) -> pa.Table:
    """ADVOCATE. `referrals` counts customers brought; None or NaN: not recorded. Columns: `score`, `referrals`."""
    buys = np.asarray(bought_within_year, dtype=np.bool_)
    brought = _optional(referrals, len(buys))
    score = np.where(buys, 1.0 - 2.0 ** (-brought / rules.advocate_referrals), np.where(np.isnan(brought), np.nan, 0.0))
    return _table(score, referrals=brought)


def _prior_strength(n: Floats, k: Floats, rate: float) -> float:
    """How many orders the prior of a promotion rate is worth, by moments; infinite if customers differ by chance only.

    Under a beta-binomial with mean `rate` and strength w, the variance of k is n rate (1 - rate) (w + n) / (w + 1).
    """
    within = rate * (1.0 - rate)
    excess = float(((k - n * rate) ** 2 - n * within).sum())
    room = float((n * (n - 1.0)).sum()) * within
    # Three standard deviations of what chance alone would show, so that a firm whose customers are all alike is not
    # taken for one whose customers differ a little.
    chance = 3.0 * float(np.sqrt((2.0 * n * (n - 1.0) * within**2 + n * within * (1.0 - 4.0 * within)).sum()))
    if excess <= chance or room <= 0.0:
        return float("inf")
    correlation = min(excess / room, 0.999)
    return 1.0 / correlation - 1.0


def _floats(values: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _same_length(first: Floats, second: Floats, name: str) -> None:
    if len(first) != len(second):
        raise BadInput(f"{name} holds {len(second)} customers instead of {len(first)}")


def _optional(values: ArrayLike | None, customers: int) -> Floats:
    if values is None:
        return np.full(customers, np.nan)
    answer = _floats(values)
    if len(answer) != customers:
        raise BadInput(f"there are {len(answer)} values for {customers} customers")
    return answer


def _share(values: ArrayLike | None, name: str, customers: int) -> Floats:
    answer = _optional(values, customers)
    if bool(((answer < 0) | (answer > 1)).any()):
        raise BadInput(f"{name} must lie between 0 and 1")
    return answer


def _table(score: Floats, **numbers: Floats) -> pa.Table:
    return pa.table({"score": pa.array(score), **{name: pa.array(values) for name, values in numbers.items()}})
