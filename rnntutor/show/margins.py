"""Where a screen counts as wide, and what stands left of names: air, and the pointer."""

WIDE = 100
"""Columns from which on there is air at the left."""


def margin_of(width: int) -> int:
    """The columns left of the names, the pointer's among them."""
    return 6 if width >= WIDE else 3


def pointer_of(width: int) -> int:
    """Where the pointer ends."""
    return 4 if width >= WIDE else 2
