"""Numbers people take away: each report is one query, the same on the page, in an export and in `setia report`.

Some are pictures counted by the portraits' refresh; this room gives them columns with names and units, and opens each
figure's customers. Those about selling it counts itself when they are asked for (`counting`, over a tally of days).
"""
