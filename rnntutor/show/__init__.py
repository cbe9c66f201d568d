"""Pictures of a run: pure functions from values and a playhead to Rich text. NumPy, Rich and the engine only."""
