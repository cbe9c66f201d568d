"""Moving the playhead: through the pass, into a line, along operands and back, and by itself."""

from __future__ import annotations

from dataclasses import replace

from textual.timer import Timer

from rnntutor.app.messages import BoxPicked, LeafPicked, OperandPicked, TimestepPicked
from rnntutor.app.screens.stage import Stage
from rnntutor.play.cursor import Cursor
from rnntutor.play.target import target_of
from rnntutor.show.element import Operand
from rnntutor.show.operands import operands

MOVES = frozenset({
    "next_line", "previous_line", "next_timestep", "previous_timestep", "next_unit", "previous_unit",
    "home", "end", "turn", "back",
})  # fmt: skip
"""What `action_move` may do: the moves of `Track`."""
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Steps a second."""


class Moving(Stage):
    """Arrows, brackets, Home and End, b, Enter and Backspace, Tab, Space, and the mouse."""

    speed: float = 2.0
    walking: Timer | None = None
    """What moves the playhead while it plays by itself."""

    def action_move(self, name: str) -> None:
        """Move the playhead."""
        if name in MOVES:
            self.halt()
            self.say("")
            self.cursor = getattr(self.track, name)(self.cursor)

    # Into a line, and along operands.

    def action_open(self) -> None:
        """To the marked operand; without one into the line; where that is open, the first operand is marked."""
        self.halt()
        opened = self.track.open(self.cursor)
        if self.cursor.mark >= 0:
            self._go_to(self.cursor.mark)
        elif opened != self.cursor and self.cursor.aside is None:
            self.cursor = opened
        else:
            self.action_mark(1)

    def _go_to(self, k: int) -> None:
        """Follow an operand."""
        found = operands(self.present, self.cursor, self.look)
        if k < len(found):
            self._follow(found[k])

    def _follow(self, operand: Operand) -> None:
        self.halt()
        self.cursor = self.track.go(self.cursor, target_of(self.present, self.cursor, operand))

    def action_mark(self, by: int) -> None:
        """Mark the next operand, or the one before; after the last comes the first."""
        count = len(operands(self.present, self.cursor, self.look))
        if count:
            first = -1 if by > 0 else count
            at = self.cursor.mark if self.cursor.mark >= 0 else first
            self.cursor = replace(self.cursor, mark=(at + by) % count)

    # By itself.

    def action_play(self) -> None:
        """Start or stop."""
        if self.walking is not None:
            self.halt()
            self.say("")
        else:
            self._start()

    def _start(self) -> None:
        self.walking = self.set_interval(1 / self.speed, self._walk)
        slower, faster, stop = (self.sign(k) for k in ("play.slower", "play.faster", "play"))
        self.say(f"playing, {self.speed:g} steps a second; {stop} stops, {slower} {faster} change the speed")

    def action_speed(self, by: int) -> None:
        """Slower or faster."""
        at = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[max(0, min(at, len(SPEEDS) - 1))]
        if self.walking is not None:
            self.halt()
            self._start()
        else:
            self.say(f"{self.speed:g} steps a second; {self.sign('play')} plays")

    def halt(self) -> None:
        """Stop playing."""
        if self.walking is not None:
            self.walking.stop()
            self.walking = None

    def _walk(self) -> None:
        onward = self.track.next_line(self.cursor)
        if self.track.position(onward) == self.track.position(self.cursor):
            self.halt()
            self.say("the end of the pass")
            return
        self.cursor = onward

    def on_screen_suspend(self) -> None:
        """Under another page nothing moves."""
        self.halt()

    # By the mouse.

    def jump(self, cursor: Cursor) -> None:
        """To a place that was picked."""
        self.halt()
        self.cursor = cursor

    def on_timestep_picked(self, message: TimestepPicked) -> None:
        """Move along the tape."""
        self.jump(self.track.to_timestep(self.cursor, message.t))

    def on_box_picked(self, message: BoxPicked) -> None:
        """Move to a line; beside the boxes the unit stays."""
        unit = message.unit if message.unit >= 0 else self.cursor.unit
        op = message.op
        if op is None and self.cursor.op is not None and message.line == self.cursor.line:
            op = len(self.track.operations(self.cursor)) - 1  # the line's own row keeps it open
        moved = self.track.to_line(self.cursor, message.line, unit, op)
        self.jump(moved if message.unit >= 0 else replace(moved, unit=self.cursor.unit))

    def on_leaf_picked(self, message: LeafPicked) -> None:
        """Follow what the timestep was given."""
        self._follow(Operand("", 0.0, message.place, (message.unit,)))

    def on_operand_picked(self, message: OperandPicked) -> None:
        """Follow the operand."""
        self._go_to(message.number)
