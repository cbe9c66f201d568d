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


class SpotPicked(Message):
    """A number of a parameter was clicked."""

    def __init__(self, row: int, column: int) -> None:
        self.row, self.column = row, column
        super().__init__()


class SpotMoved(Message):
    """The wheel was turned over the weights: so many rows down and columns to the right."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        super().__init__()
