"""Orders and their lines: what was bought, returned, given away or adjusted, by whom and when.

Each order counts as exactly one kind, defined in `docs/meanings.md`; money is in the firm's reporting currency.
"""
