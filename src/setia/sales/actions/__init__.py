"""Verbs of selling."""

__all__: list[str] = []
