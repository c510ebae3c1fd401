"""Numbers people take away: each report is one query, the same on the page, in an export and in `setia report`.

The rows are those of `portraits`' pictures; this room gives them columns with names and units, and opens each figure's
customers.
"""
