"""One description per customer: stage, base, traits, forecasts, and the numbers each statement rests on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia.portraits.analysis.fitting import Models
from setia.portraits.analysis.rhythm import calendar_months, purchase_days, usual_gaps
from setia.portraits.analysis.rules import COVERAGE, HORIZON_DAYS, Rules
from setia.portraits.analysis.shop import NOTHING_RECORDED, Recorded, Shop
from setia.portraits.analysis.worth import worth
from setia_insight import base, stage, trait
from setia_insight.window import day_number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Described:
    """Columns of `portraits_portrait` for every customer of the shop (in its order), as COPY takes them."""

    table: pa.Table
    stage_at_month_start: pa.Array
    """'' for a customer who was not there yet."""
    base: pa.Table
    """`loyal` and `general` now and at the start of the month, false for prospects."""


def describe(
    shop: Shop,
    summary: pa.Table,
    before: pa.Table,
    models: Models,
    rules: Rules,
    recorded: Recorded = NOTHING_RECORDED,
) -> Described:
    """`summary` is that of the shop's purchases as of its day, `before` as of the start of the month."""
    n = len(shop.customer)
    at = shop.place(summary["customer"].to_numpy())

    def spread(values: NDArray[Any], empty: float) -> NDArray[Any]:
        column = np.full(n, empty, dtype=values.dtype)
        column[at] = values
        return column

    def number(name: str, empty: float = 0) -> NDArray[Any]:
        return spread(summary[name].to_numpy(), empty)

    def forecast(values: Floats | None) -> pa.Array:
        return _known(spread(values, np.nan)) if values is not None else pa.nulls(n, pa.float64())

    def day(values: NDArray[np.int32] | None) -> pa.Array:
        if values is None:
            return pa.nulls(n, pa.date32())
        whole = np.full(n, np.iinfo(np.int32).min, dtype=np.int32)
        whole[at] = values
        return pa.array(whole, mask=whole == np.iinfo(np.int32).min).cast(pa.date32())

    now = _standing(shop, summary, rules, shop.among(recorded.recurring), before=False)
    earlier = _standing(shop, before, rules, shop.among(recorded.recurring_before), before=True)
    seen = _forecast(shop, summary, models)
    days = purchase_days(shop)
    gaps = usual_gaps(days, rules.rhythm_purchase_days)
    silence = number("T").astype(np.float64) - number("t_x")
    with np.errstate(invalid="ignore"):
        late = (silence > rules.leaving_gaps * gaps) & (silence < rules.stage.defected_days)
        leaving = late & (spread(seen.risk, np.nan) >= rules.leaving_risk) if seen.risk is not None else late & False
    traits, scores, evidence = _traits(shop, summary, at, now.windows, rules)
    table = pa.table(
        {
            "customer_id": pa.array(shop.customer),
            "stage": now.stage,
            "stage_at_month_start": earlier.stage,
            "loyal": pa.array(now.loyal),
            "general": pa.array(now.general),
            "traits": traits,
            "trait_scores": scores,
            "first_date": day(summary["first_date"].cast(pa.int32()).to_numpy()),
            "latest_date": day(summary["latest_date"].cast(pa.int32()).to_numpy()),
            "purchase_days": pa.array(number("purchase_days")),
            "purchases": pa.array(number("orders")),
            "spent": money(number("total_value").astype(np.float64)),
            "spent_12_months": money(number("value_12_months").astype(np.float64)),
            "returned": money(shop.returned),
            # All 60 bits of the summary's months fit a signed number.
            "active_months": pa.array(number("active_months").astype(np.int64)),
            "calendar_months": pa.array(calendar_months(days, shop)),
            "p_alive": forecast(seen.alive),
            "expected_purchases": forecast(seen.purchases),
            "risk": forecast(seen.risk),
            "value": forecast(seen.spend),
            "value_low": forecast(seen.low),
            "value_high": forecast(seen.high),
            "next_from_date": day(seen.next_from),
            "next_to_date": day(seen.next_to),
            "usual_gap_days": _known(gaps),
            "leaving": pa.array(leaving),
            "evidence": evidence,
        }
    )
    standing = pa.table(
        {
            "loyal": pa.array(now.loyal),
            "general": pa.array(now.general),
            "loyal_before": pa.array(earlier.loyal),
            "general_before": pa.array(earlier.general),
            "bought_before": pa.array(earlier.bought),
        }
    )
    return Described(table, earlier.stage, standing)


def money(values: Floats) -> pa.Array:
    """Rounded to the four decimals the database keeps."""
    return pa.array(np.round(values, 4))


@dataclass(frozen=True)
class _Standing:
    """Stage and base of every customer of the shop on one day."""

    stage: pa.Array
    loyal: NDArray[np.bool_]
    general: NDArray[np.bool_]
    bought: NDArray[np.bool_]
    windows: Floats
    """In how many of the latest windows they bought, NaN for prospects."""


def _standing(shop: Shop, summary: pa.Table, rules: Rules, subscribed: NDArray[np.bool_], *, before: bool) -> _Standing:
    n = len(shop.customer)
    at = shop.place(summary["customer"].to_numpy())
    as_of = shop.month_start if before else shop.as_of
    classes = base.classify(summary, as_of=as_of, rules=rules.base)
    loyal, general, bought = (np.zeros(n, dtype=np.bool_) for _ in range(3))
    loyal[at] = classes["loyal"].combine_chunks().to_numpy(zero_copy_only=False)
    general[at] = classes["general"].combine_chunks().to_numpy(zero_copy_only=False)
    bought[at] = True
    windows = np.full(n, np.nan)
    windows[at] = classes["windows_bought"].to_numpy()
    days, silence = np.zeros(n, dtype=np.int64), np.full(n, np.nan)
    days[at] = summary["purchase_days"].to_numpy()
    silence[at] = summary["T"].to_numpy() - summary["t_x"].to_numpy()
    found = stage.classify(days, silence, loyal, active_subscription=subscribed, rules=rules.stage)
    stages = found["stage"].cast(pa.string()).combine_chunks()
    if before:
        there = pa.array(bought | (shop.known_day <= day_number(as_of)))
        stages = pc.if_else(there, stages, "")
    return _Standing(stages, loyal, general, bought, windows)


@dataclass(frozen=True)
class _Forecast:
    """Per customer of the summary; None where the model is absent."""

    alive: Floats | None = None
    purchases: Floats | None = None
    risk: Floats | None = None
    spend: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    next_from: NDArray[np.int32] | None = None
    next_to: NDArray[np.int32] | None = None


def _forecast(shop: Shop, summary: pa.Table, models: Models) -> _Forecast:
    """The year ahead. The risk is that of no purchase in it, from MBG/NBD; BG/NBD's P(alive) is never a risk."""
    if models.repeat is None or summary.num_rows == 0:
        return _Forecast()
    x, t_x, age = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    coming = models.repeat.next_purchase(x, t_x, age, horizon=HORIZON_DAYS, coverage=COVERAGE, as_of=shop.as_of)
    probability = coming["probability"].to_numpy()
    # Of somebody who is likelier to stay away, saying when they come back would be a guess.
    comes = probability >= 0.5
    nothing = np.iinfo(np.int32).min
    next_from = np.where(comes, coming["earliest_date"].cast(pa.int32()).to_numpy(), nothing)
    next_to = np.where(comes, coming["latest_date"].cast(pa.int32()).to_numpy(), nothing)
    money = worth(models, summary, days=HORIZON_DAYS)
    purchases = money.purchases if money else models.repeat.expected_purchases(x, t_x, age, HORIZON_DAYS)
    return _Forecast(
        alive=models.repeat.probability_alive(x, t_x, age),
        purchases=purchases,
        risk=1.0 - probability,
        spend=money.spend if money else None,
        low=money.low if money else None,
        high=money.high if money else None,
        next_from=next_from.astype(np.int32),
        next_to=next_to.astype(np.int32),
    )


def _traits(
    shop: Shop, summary: pa.Table, at: NDArray[np.int64], windows: Floats, rules: Rules
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The shown traits as an array literal, every score that could be made and all evidence as JSON."""
    n = len(shop.customer)

    def spread(values: NDArray[Any]) -> Floats:
        column = np.full(n, np.nan)
        column[at] = values
        return column

    x, t_x, age = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    orders = spread(summary["orders"].to_numpy())
    devoted = trait.devoted(x, t_x, age, summary["gap_squares"].to_numpy(), rules=rules.trait)
    thrifty = trait.thrifty(
        summary["orders"].to_numpy(),
        None if shop.promotions is None else shop.promotions[at],
        rules=rules.trait,
    )
    within_year = np.nan_to_num(spread(summary["orders_12_months"].to_numpy())) > 0
    scores = {
        "NEW": trait.new(spread(age), rules=rules.trait)["score"].to_numpy(),
        "THRIFTY": spread(thrifty["score"].to_numpy()),
        "DEVOTED": spread(devoted["score"].to_numpy()),
        "ADVOCATE": trait.advocate(within_year, shop.referrals, rules=rules.trait)["score"].to_numpy(),
    }
    evidence = {
        "orders_12_months": spread(summary["orders_12_months"].to_numpy()),
        "windows": windows,
        "mean_gap_days": spread(devoted["gap_days"].to_numpy()),
        "variation": spread(devoted["variation"].to_numpy()),
        "mean_value": spread(summary["repeat_value"].fill_null(np.nan).to_numpy()),
    }
    if shop.promotions is not None:
        evidence["promotions"] = np.where(np.isnan(orders), np.nan, shop.promotions)
        evidence["promotion_rate"] = spread(thrifty["base_rate"].to_numpy())
    if shop.referrals is not None:
        evidence["referrals"] = np.where(shop.referrals > 0, shop.referrals, np.nan)
    shown = {name: np.nan_to_num(score) >= trait.SHOWN_FROM for name, score in scores.items()}
    return _array_literal(shown), json_of(scores), json_of(evidence)


def _array_literal(shown: dict[str, NDArray[np.bool_]]) -> pa.Array:
    names = list(shown)
    literals = [
        "{" + ",".join(name for bit, name in enumerate(names) if code >> bit & 1) + "}"
        for code in range(1 << len(names))
    ]
    code = sum(flags.astype(np.int32) << bit for bit, flags in enumerate(shown.values()))
    return pa.array(literals).take(pa.array(code))


def json_of(numbers: dict[str, Floats]) -> pa.Array:
    """One JSON object a customer, of the numbers that are known, rounded to three decimals."""
    parts = []
    for name, values in numbers.items():
        rounded = np.round(values, 3)
        whole = bool(np.all(np.isnan(rounded) | ((rounded == np.floor(rounded)) & (np.abs(rounded) < 2**53))))
        typed = _known(rounded).cast(pa.int64()) if whole else _known(rounded)
        parts.append(pc.binary_join_element_wise(f'"{name}":', typed.cast(pa.string()), ""))
    # The empty text in front keeps the row of a customer of whom nothing is known: Arrow drops a join of nulls alone.
    inside = pc.utf8_ltrim(pc.binary_join_element_wise("", *parts, ",", null_handling="skip"), ",")
    return pc.binary_join_element_wise("{", inside, "}", "")


def _known(values: NDArray[Any]) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values.astype(np.float64)))
