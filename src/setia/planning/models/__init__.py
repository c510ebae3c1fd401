"""The tables of know-how, a module per subject."""

__all__: list[str] = []
