"""One look at the whole firm, or at one customer from models fitted before."""

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia.portraits.analysis import counting
from setia.portraits.analysis.classes import classify, overrule, overruled_stage, overruled_traits, typical_order
from setia.portraits.analysis.describing import Described, describe, json_of
from setia.portraits.analysis.fitting import Models, fit
from setia.portraits.analysis.moving import moves
from setia.portraits.analysis.rules import Rules
from setia.portraits.analysis.shop import NOTHING_RECORDED, Recorded, Shop, sort_out
from setia.portraits.queries.known import Known
from setia_insight import rfm
from setia_insight.summary import summarise
from setia_insight.window import day_number


@dataclass(frozen=True)
class Study:
    """Everything a refresh swaps in."""

    as_of: dt.date
    orders: int
    portraits: pa.Table
    """Columns of `portraits_portrait`, ascending by customer; JSON and arrays as PostgreSQL reads them."""
    pictures: dict[str, counting.Rows]
    models: dict[str, Any] = field(default_factory=dict)


NOTHING_KNOWN = Known()


def study(
    orders: pa.Table,
    customers: pa.Table,
    *,
    as_of: dt.date,
    rules: Rules,
    known: Known = NOTHING_KNOWN,
    recorded: Recorded = NOTHING_RECORDED,
) -> Study:
    """All portraits and pictures as of a day. Orders and customers as the rooms' Arrow queries give them.

    People's words (`known.rulings`) stand in the columns and are counted in the pictures.
    """
    shop = sort_out(orders, customers, as_of=as_of, free_is_purchase=rules.free_is_purchase)
    summary = summarise(shop.purchases, as_of=as_of)
    before = summarise(shop.purchases, as_of=shop.month_start)
    first = shop.first_day
    models = fit(summary, history_days=0 if first is None else day_number(as_of) - first, rules=rules)
    described = describe(shop, summary, before, models, rules, recorded)
    typical = typical_order(shop)
    classes = classify(shop, summary, customers, known, typical=typical, rules=rules.classes)
    table, month_start = overrule(shop, described.table, described.stage_at_month_start, known, classes.replaced)
    if month_start is not described.stage_at_month_start:
        place = table.column_names.index("stage_at_month_start")
        table = table.set_column(place, "stage_at_month_start", month_start)
    described = replace(described, table=table, stage_at_month_start=month_start)
    ranked = _rank(shop, summary, described)
    moved = moves(shop, summary, ranked.columns["rfm_cell"])
    pictures = {
        "base": counting.base_rows(shop, described, recorded),
        "stages": counting.stage_rows(described),
        "moves": counting.move_rows(described),
        "traits": counting.trait_rows(described),
        "new-returning": counting.new_returning_rows(shop, "MONTH"),
        "new-returning-days": counting.new_returning_rows(shop, "DAY"),
        "retention": counting.retention_rows(shop),
        "cohorts": counting.cohort_rows(shop),
        "revenue": counting.revenue_rows(shop),
        "rfm": ranked.map_rows,
        "rfm-cells": ranked.cell_rows,
        "rfm-moves": moved.rows,
        "value": counting.value_rows(described.table["value"].to_numpy()),
        "concentration": counting.concentration_rows(ranked.spent),
        "leaving": counting.leaving_rows(described),
    }
    told = [name for name in ("promotions", "referrals") if getattr(shop, name) is not None]
    told += ["channels"] if shop.channelled is not None else []
    kept = {
        **models.kept,
        "edges": ranked.edges,
        "recorded": told,
        "typical_order": typical,
        "first_date": None if first is None else _iso(first),
    }
    computed = [
        json.dumps(classes.replaced[at]) if at in classes.replaced else "{}" for at in range(len(shop.customer))
    ]
    more = {**classes.columns, "class_evidence": json_of(classes.evidence), "computed": pa.array(computed, pa.string())}
    for name, column in (more | ranked.columns | {"rfm_cell_before": moved.before}).items():
        table = table.append_column(name, column)
    return Study(as_of, shop.orders, table, pictures, kept)


def study_customer(
    orders: pa.Table,
    customer: pa.Table,
    *,
    as_of: dt.date,
    models: Models,
    rules: Rules,
    known: Known = NOTHING_KNOWN,
    recorded: Recorded = NOTHING_RECORDED,
) -> dict[str, Any]:
    """One customer's columns from fitted models. `r`, `f`, `m` come from the edges of the groups at the fit.

    `stage` and `traits` are the computed ones; `overrule_customer` puts people's words in their place.
    """
    told = models.kept.get("recorded")
    shop = sort_out(orders, customer, as_of=as_of, recorded=told, free_is_purchase=rules.free_is_purchase)
    summary = summarise(shop.purchases, as_of=as_of)
    before = summarise(shop.purchases, as_of=shop.month_start)
    row: dict[str, Any] = describe(shop, summary, before, models, rules, recorded).table.to_pylist()[0]
    typical = models.kept.get("typical_order")
    classes = classify(shop, summary, customer, known, typical=typical, rules=rules.classes)
    row |= {name: column[0].as_py() for name, column in classes.columns.items()}
    row["class_evidence"] = json_of(classes.evidence)[0].as_py()
    row["computed"] = classes.replaced.get(0, {})
    edges = models.kept.get("edges")
    if edges and summary.num_rows:
        silence = summary["T"][0].as_py() - summary["t_x"][0].as_py()
        row["r"] = _group(edges["r"], -silence)
        row["f"] = _group(edges["f"], row["purchase_days"])
        row["m"] = _group(edges["m"], row["spent"])
        row["rfm_cell"] = rfm.cell_name(row["r"], row["f"])
    return row


def overrule_customer(row: dict[str, Any], known: Known) -> None:
    """Put people's words in the place of one customer's `stage` and `traits`, the latter a list of names."""
    rulings = known.rulings.get(row["customer_id"], [])
    month_start = row["as_of_date"].replace(day=1) - dt.timedelta(days=1)
    if row["stage_at_month_start"]:
        early = [one for one in rulings if one.since <= month_start]
        row["stage_at_month_start"] = overruled_stage(row["stage_at_month_start"], early, {})
    row["stage"] = overruled_stage(row["stage"], rulings, row["computed"])
    row["traits"] = overruled_traits(row["traits"], rulings, row["computed"])


@dataclass(frozen=True)
class _Ranked:
    columns: dict[str, pa.Array]
    map_rows: counting.Rows
    cell_rows: counting.Rows
    spent: NDArray[np.float64]
    edges: dict[str, list[float]]


def _rank(shop: Shop, summary: pa.Table, described: Described) -> _Ranked:
    """RFM groups and the rank by money, for those who bought; ties in the order of customer number."""
    n, at = len(shop.customer), shop.place(summary["customer"].to_numpy())
    ties = shop.rank[at]
    silence = (summary["T"].to_numpy() - summary["t_x"].to_numpy()).astype(np.int64)
    days = summary["purchase_days"].to_numpy().astype(np.int64)
    spent = described.table["spent"].to_numpy()[at]
    scores = rfm.score(silence, days, spent, ties)

    def column(values: NDArray[np.generic]) -> pa.Array:
        whole = np.zeros(n, dtype=np.int32)
        whole[at] = values
        return pa.array(whole, mask=whole == 0)

    line = np.lexsort((ties, -spent))
    rank = np.empty(len(line), dtype=np.int32)
    rank[line] = np.arange(1, len(line) + 1)
    cell = np.full(n, "", dtype=object)
    cell[at] = scores["cell"].combine_chunks().cast(pa.string()).to_numpy(zero_copy_only=False)
    r, f, m = (scores[name].to_numpy() for name in ("r", "f", "m"))
    return _Ranked(
        columns={
            "r": column(r),
            "f": column(f),
            "m": column(m),
            "rfm_cell": pa.array(cell, pa.string()),
            "spent_rank": column(rank),
        },
        map_rows=counting.rfm_rows(scores, silence, days, spent),
        cell_rows=counting.rfm_cell_rows(scores, days, spent),
        spent=spent[line],
        edges={"r": _edges(r, -silence), "f": _edges(f, days), "m": _edges(m, spent)},
    )


def _edges(groups: NDArray[np.int8], values: NDArray[Any]) -> list[float]:
    """The least value of groups 2 to 5; an empty group gets that of the next."""
    edges: list[float] = []
    for group in (5, 4, 3, 2):
        inside = values[groups == group]
        edges.insert(0, float(inside.min()) if len(inside) else (edges[0] if edges else float("inf")))
    return [edge if np.isfinite(edge) else 1e300 for edge in edges]


def _group(edges: list[float], value: float) -> int:
    return 1 + sum(value >= edge for edge in edges)


def _iso(day: int) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()
