"""Verbs of know-how."""

__all__: list[str] = []
