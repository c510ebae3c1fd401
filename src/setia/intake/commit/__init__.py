"""From staged rows to business tables, by set-based SQL in the caller's one transaction.

`stage` fills a temporary table by COPY; `orders`, `customers` and `products` turn it into rows, each answering what it
created, updated and found unchanged. Whatever a run changes is kept as a before-image in `intake_change`; whatever it
makes carries its stamp. Nothing here commits: a killed import leaves nothing behind.
"""
