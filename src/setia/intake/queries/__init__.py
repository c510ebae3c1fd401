"""Questions about runs. `runs_for` and `get_run_for` are the only gates to them."""

from setia.intake.queries.check import Check, check, plan_for_sheet
from setia.intake.queries.history import RowChange, orders_changed, row_changes
from setia.intake.queries.progress import Progress, progress
from setia.intake.queries.runs import get_run_for, problem_text, runs_for, warning_texts
from setia.intake.queries.twins import TwinRow, TwinRows, twin_rows

__all__ = [
    "Check",
    "Progress",
    "RowChange",
    "TwinRow",
    "TwinRows",
    "check",
    "get_run_for",
    "orders_changed",
    "plan_for_sheet",
    "problem_text",
    "progress",
    "row_changes",
    "runs_for",
    "twin_rows",
    "warning_texts",
]
