"""Questions about know-how."""

__all__: list[str] = []
