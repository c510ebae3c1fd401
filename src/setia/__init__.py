"""Setia: a customer platform a firm runs for itself.

Start with `docs/map.md`: data goes round one loop (take in, one record, understand, act, measure) and the
packages here are the rooms along it. A room may import only the rooms below it; `make check` holds that.
"""

__version__ = "0.1.0"
