"""The reports by name: columns in order, what each holds, and which customers stand behind a figure.

A column's kind says how it is written: WORD (a code in words), MONTH, DAY, COUNT, SHARE, MONEY, NUMBER, FLAG.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Row = Mapping[str, Any]


class Column(NamedTuple):
    """One column; `opens` gives the filter of the list behind a figure: of customers, or of `orders`."""

    key: str
    label: Promise | str
    kind: str = "COUNT"
    opens: Callable[[Row], str] | None = None
    among: str = "customers"


class Report(NamedTuple):
    """A table. `picture` names the rows in `portraits`; `about` says what they count."""

    name: str
    picture: str
    title: Promise | str
    about: Promise | str
    columns: tuple[Column, ...]


def _month(row: Row, key: str = "period") -> str:
    return str(row[key])[:7]


def _orders(what: str, key: str = "period") -> Callable[[Row], str]:
    """Orders of the row's month."""

    def address(row: Row) -> str:
        first = date.fromisoformat(row[key])
        last = first.replace(day=monthrange(first.year, first.month)[1])
        return f"{what}&from={first}&to={last}"

    return address


_ALL = [
    Report(
        "base",
        "base",
        _("Base"),
        _("Customers by base class, several at once, and at the start of the month."),
        (
            Column("class", _("Base"), "WORD"),
            Column(
                "customers",
                _("Customers"),
                opens=lambda row: "" if row["class"] == "ALL" else f"base={row['class']}",
            ),
            Column("at_month_start", _("Start of the month")),
            Column("recorded", _("Recorded"), "FLAG"),
        ),
    ),
    Report(
        "stages",
        "stages",
        _("Stages"),
        _("Customers by stage, and who came in and went out since the start of the month."),
        (
            Column("stage", _("Stage"), "WORD"),
            Column("customers", _("Customers"), opens=lambda row: f"stage={row['stage']}"),
            Column("at_month_start", _("Start of the month")),
            Column("came", _("Came in"), opens=lambda row: f"move=.{row['stage']}"),
            Column("went", _("Went out"), opens=lambda row: f"move={row['stage']}."),
        ),
    ),
    Report(
        "new-returning",
        "new-returning",
        _("New and returning"),
        _("Customers new and returning per month (both: those who did both in one month), and orders of walk-ins."),
        (
            Column("period", _("Month"), "MONTH"),
            Column("new", _("New"), opens=lambda row: f"bought={_month(row)}.new"),
            Column("returning", _("Returning"), opens=lambda row: f"bought={_month(row)}.returning"),
            Column("both", _("Both")),
            Column("new_orders", _("Orders of new customers")),
            Column("returning_orders", _("Orders of returning customers")),
            Column("walk_in_orders", _("Orders of walk-ins"), opens=_orders("walk_in=1"), among="orders"),
        ),
    ),
    Report(
        "new-returning-days",
        "new-returning-days",
        _("New and returning by day"),
        _("The same per day."),
        (
            Column("period", _("Day"), "DAY"),
            Column("new", _("New"), opens=lambda row: f"bought={row['period']}.new"),
            Column("returning", _("Returning"), opens=lambda row: f"bought={row['period']}.returning"),
            Column("new_orders", _("Orders of new customers")),
            Column("returning_orders", _("Orders of returning customers")),
            Column(
                "walk_in_orders",
                _("Orders of walk-ins"),
                opens=lambda row: f"walk_in=1&from={row['period']}&to={row['period']}",
                among="orders",
            ),
        ),
    ),
    Report(
        "retention",
        "retention",
        _("Retention"),
        _("Of those who bought in the earlier window, who bought in the later one too; by year, quarter and month."),
        (
            Column("period", _("Window"), "WORD"),
            Column("as_of", _("As of"), "DAY"),
            Column("kept", _("Stayed"), opens=lambda row: f"retention={row['period']}.{row['as_of']}.kept"),
            Column("earlier", _("Bought in the earlier window")),
            Column("rate", _("Retention"), "SHARE"),
        ),
    ),
    Report(
        "cohorts",
        "cohorts",
        _("Cohorts"),
        _("Of the customers whose first purchase fell in a month, how many bought so many months later."),
        (
            Column("cohort", _("First bought"), "MONTH"),
            Column("k", _("Months since"), "NUMBER"),
            Column("customers", _("Bought"), opens=lambda row: f"cohort={_month(row, 'cohort')}.{row['k']}"),
            Column("size", _("New"), opens=lambda row: f"cohort={_month(row, 'cohort')}"),
            Column("share", _("Share"), "SHARE"),
            Column("complete", _("Month is over"), "FLAG"),
        ),
    ),
    Report(
        "rfm",
        "rfm",
        _("RFM map"),
        _("Customers who have bought, in fifths by recency and by frequency (5 is best)."),
        (
            Column("r", _("Recency"), "NUMBER"),
            Column("f", _("Frequency"), "NUMBER"),
            Column("cell", _("Group"), "WORD"),
            Column("customers", _("Customers"), opens=lambda row: f"rfm={row['r']}.{row['f']}"),
            Column("spent", _("Spent"), "MONEY"),
            Column("days_from", _("Days since latest, from")),
            Column("days_to", _("to")),
            Column("purchase_days_from", _("Days bought, from")),
            Column("purchase_days_to", _("to")),
        ),
    ),
    Report(
        "rfm-groups",
        "rfm-cells",
        _("RFM groups"),
        _("The named groups of the map."),
        (
            Column("cell", _("Group"), "WORD"),
            Column("customers", _("Customers"), opens=lambda row: f"rfm={row['cell']}"),
            Column("median_purchase_days", _("Median days bought")),
            Column("median_spent", _("Median spent"), "MONEY"),
            Column("spent", _("Spent"), "MONEY"),
            Column("share", _("Share of the money"), "SHARE"),
        ),
    ),
    Report(
        "rfm-moves",
        "rfm-moves",
        _("Moves between RFM groups"),
        _("From which group three months before to which today."),
        (
            Column("before", _("Three months before"), "WORD"),
            Column("after", _("Today"), "WORD"),
            Column("customers", _("Customers"), opens=lambda row: f"moved={row['before']}.{row['after']}"),
            Column("share", _("Share of the group before"), "SHARE"),
        ),
    ),
    Report(
        "together",
        "together",
        _("Bought together"),
        _("Pairs of products that meet in an order more often than by chance; at most 5% of them by chance."),
        (
            Column("product_name", _("Product"), "WORD"),
            Column("also_name", _("Also bought"), "WORD"),
            Column(
                "orders",
                _("Orders with both"),
                opens=lambda row: f"with={row['product']}.{row['also']}&from={row['since']}",
                among="orders",
            ),
            Column("confidence", _("Of the orders with the first"), "SHARE"),
            Column("lift", _("Times as often as by chance"), "NUMBER"),
            Column("q_value", _("Chance of a false find"), "NUMBER"),
        ),
    ),
    Report(
        "value",
        "value",
        _("Value"),
        _("Customers by what they are expected to spend in the 12 months to come."),
        (
            Column("low", _("From"), "MONEY"),
            Column("high", _("Below"), "MONEY"),
            Column("customers", _("Customers"), opens=lambda row: f"value={_plain(row['low'])}-{_plain(row['high'])}"),
            Column("value", _("Expected together"), "MONEY"),
            Column("share", _("Share"), "SHARE"),
        ),
    ),
    Report(
        "concentration",
        "concentration",
        _("Concentration"),
        _("Which share of all purchases the customers who spent most brought."),
        (
            Column("percent", _("First … % of customers"), "NUMBER"),
            Column("customers", _("Customers"), opens=lambda row: f"top={row['percent']}"),
            Column("spent", _("Spent"), "MONEY"),
            Column("share", _("Share of the money"), "SHARE"),
        ),
    ),
    Report(
        "revenue",
        "revenue",
        _("Revenue"),
        _("Purchases of new, returning and walk-in customers per month, returns, and revenue: all of them together."),
        (
            Column("month", _("Month"), "MONTH"),
            Column("new", _("New"), "MONEY", opens=lambda row: f"bought={_month(row, 'month')}.new"),
            Column("returning", _("Returning"), "MONEY", opens=lambda row: f"bought={_month(row, 'month')}.returning"),
            Column("walk_in", _("Walk-in"), "MONEY", opens=_orders("walk_in=1", "month"), among="orders"),
            Column("returns", _("Returns"), "MONEY", opens=_orders("kind=RETURN", "month"), among="orders"),
            Column("revenue", _("Revenue"), "MONEY"),
            Column("new_orders", _("Orders of new customers")),
            Column("returning_orders", _("Orders of returning customers")),
            Column("walk_in_orders", _("Orders of walk-ins")),
            Column("return_orders", _("Returned orders")),
        ),
    ),
    Report(
        "traits",
        "traits",
        _("Traits"),
        _("Customers by trait, several at once; a trait whose records are not kept yet is empty."),
        (
            Column("trait", _("Trait"), "WORD"),
            Column("customers", _("Customers"), opens=lambda row: f"trait={row['trait']}"),
        ),
    ),
    Report(
        "accuracy",
        "accuracy",
        _("Accuracy of the forecasts"),
        _("What was foretold as of a day, and what came; errors per customer, beside a simple rule: the same again."),
        (
            Column("as_of", _("As of"), "DAY"),
            Column("until", _("Until"), "DAY"),
            Column("looked_back", _("Worked out afterwards"), "FLAG"),
            Column("customers", _("Customers")),
            Column("said", _("Purchase days foretold")),
            Column("came", _("Purchase days that came")),
            Column("error", _("Off by"), "NUMBER"),
            Column("naive_error", _("Simple rule off by"), "NUMBER"),
            Column("money_said", _("Money foretold"), "MONEY"),
            Column("money_came", _("Money that came"), "MONEY"),
            Column("in_range", _("Within the range of money"), "SHARE"),
            Column("in_window", _("Came within the days given"), "SHARE"),
        ),
    ),
    Report(
        "accuracy-groups",
        "accuracy-groups",
        _("Accuracy by tenths"),
        _("The same by tenths, from the customers of whom the least was expected to those of whom the most."),
        (
            Column("as_of", _("As of"), "DAY"),
            Column("until", _("Until"), "DAY"),
            Column("group", _("Tenth"), "NUMBER"),
            Column("customers", _("Customers"), opens=lambda row: f"foretold={row['forecast']}.{row['group']}"),
            Column("said", _("Foretold each"), "NUMBER"),
            Column("came", _("Came, each"), "NUMBER"),
            Column("returned", _("Came back"), opens=lambda row: f"foretold={row['forecast']}.{row['group']}.came"),
        ),
    ),
    Report(
        "leaving",
        "leaving",
        _("About to leave"),
        _("Customers late by their own rhythm and likelier than not to stay away, and what they spent in 12 months."),
        (
            Column("customers", _("Customers"), opens=lambda row: "leaving=1"),
            Column("spent_12_months", _("At stake"), "MONEY"),
            Column("known", _("Forecast exists"), "FLAG"),
        ),
    ),
]

REPORTS = {report.name: report for report in _ALL}
"""Every report, in the order of the list."""


def _plain(limit: float) -> str:
    return f"{limit:.4f}".rstrip("0").rstrip(".")
