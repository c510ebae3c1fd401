"""Numbers people take away: each report is one query, the same on the page, in an export and in `setia report`."""
