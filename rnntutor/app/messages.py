"""What widgets tell their screen."""

from __future__ import annotations

from textual.message import Message


class TimestepPicked(Message):
    """A timestep of the tape was clicked, or dragged to."""

    def __init__(self, t: int) -> None:
        self.t = t
        super().__init__()


class BoxPicked(Message):
    """A line of the score was clicked; `unit` is -1 beside the boxes, `op` an operation inside the line."""

    def __init__(self, line: int, unit: int, op: int | None = None) -> None:
        self.line, self.unit, self.op = line, unit, op
        super().__init__()


class LeafPicked(Message):
    """A number that this timestep was given was clicked: its place in the program and its unit."""

    def __init__(self, place: int, unit: int) -> None:
        self.place, self.unit = place, unit
        super().__init__()


class OperandPicked(Message):
    """An operand was clicked, counted as `show.operands` does."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


class PromptTyped(Message):
    """Something was typed and entered."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text
        super().__init__()


class PromptChanged(Message):
    """Something is being typed."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text
        super().__init__()


class PromptLeft(Message):
    """Nothing is to be typed after all."""


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


class ChoicePicked(Message):
    """A choice of a question was clicked, counted from 1."""

    def __init__(self, choice: int) -> None:
        self.choice = choice
        super().__init__()


class TextRefused(Message):
    """Something that was to come into a text is too much."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__()


class PixelPicked(Message):
    """A pixel of the picture was clicked, or dragged to; `going_on` says that it belongs to the stroke before."""

    def __init__(self, row: int, column: int, *, going_on: bool) -> None:
        self.row, self.column, self.going_on = row, column, going_on
        super().__init__()
