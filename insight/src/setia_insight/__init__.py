"""What a firm's orders say about its customers.

Orders go in as an Arrow table (customer, day, amount); out come Arrow tables and NumPy arrays: `summary` gives each
customer one line, `rfm`, `cohort`, `base`, `stage`, `trait` and `revenue` describe the firm's base, `repeat` and
`value` forecast who comes back, when, and for how much. Everything is values in, values out: no files, no database,
no clock. The day the figures are "as of" is always an argument. A fitted model is frozen and can be kept as JSON.
"""

__version__ = "0.1.0"
