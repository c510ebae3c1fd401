"""Questions about know-how."""

from setia.planning.queries.rivals import rivals_for

__all__ = ["rivals_for"]
