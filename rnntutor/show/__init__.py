"""Pictures of a run: pure functions from values and a playhead to Rich text. NumPy, Rich and the engine only."""

from typing import Literal, get_args

LEAST_COLUMNS, LEAST_ROWS = 60, 18
"""Smaller than this, nothing can be shown that helps."""
ViewName = Literal["score", "picture", "beam", "output", "weights", "flow", "training", "compare"]
VIEW_NAMES: tuple[str, ...] = get_args(ViewName)
"""What can stand between the tape and why, in the order in which a key goes through them: see `show.views`."""
