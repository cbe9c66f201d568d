"""What widgets tell their screen."""

from __future__ import annotations

from textual.message import Message


class TimestepPicked(Message):
    """A timestep of the tape was clicked."""

    def __init__(self, t: int) -> None:
        self.t = t
        super().__init__()


class BoxPicked(Message):
    """A line of the score was clicked; `unit` is -1 beside the boxes."""

    def __init__(self, line: int, unit: int) -> None:
        self.line, self.unit = line, unit
        super().__init__()


class EditTyped(Message):
    """A number was typed, or a place and a number."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class EditLeft(Message):
    """Nothing is to be edited after all."""
