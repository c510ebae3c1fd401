"""The entrances of selling, a module per subject."""

__all__: list[str] = []
