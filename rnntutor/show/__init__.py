"""Pictures of a run: pure functions from values and a playhead to Rich text. NumPy, Rich and the engine only."""

LEAST_COLUMNS, LEAST_ROWS = 60, 18
"""Smaller than this, nothing can be shown that helps."""
VIEW_NAMES = ("score", "output", "weights", "flow", "training", "compare")
"""What can stand between the tape and why, in the order in which a key goes through them: see `show.views`."""
