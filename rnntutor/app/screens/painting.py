"""Painting on the picture: while that is done the keys of the playhead move a brush, or a shape."""

from __future__ import annotations

from dataclasses import replace

from rnntutor.app.messages import PixelPicked
from rnntutor.app.screens.asking import Asking
from rnntutor.app.screens.weighing import Weighing
from rnntutor.play.brushing import dabbed, shapes_of, shoved
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show.brush import Brush
from rnntutor.show.pictures import showings
from rnntutor.vision.drawing import COLOURS
from rnntutor.vision.picture import Picture

_WAYS = {"next_line": (0, 1), "previous_line": (0, -1), "next_unit": (1, 0), "previous_unit": (-1, 0)}
"""Rows down and columns right of the moves that go elsewhere."""
_PER_LINE = 2
"""Pixels of a column that the mouse cannot tell apart."""
_STAYS = "It stays in the picture, and a pixel from the other shapes."
_FLAT = "Painted by hand: its shapes can no longer be moved. {undo} undoes."
_ELSEWHERE = "This is for the picture; {view} goes through the views."
_NO_PICTURE = "This network sees no picture."


class Painting(Weighing, Asking):
    """P, o and O; while painting the arrows, Space and Enter, Backspace, Tab, figures, Esc, and the mouse."""

    pushed: Brush | None = None
    """What has just moved a shape, so that the next move of it is undone together with that one."""

    @property
    def painting(self) -> bool:
        """Whether keys are for the brush."""
        return self.view.name == "picture" and self.view.brush is not None

    @property
    def seen(self) -> Picture | None:
        """The picture, where there is one."""
        return self.present.picture

    def action_shown(self, by: int) -> None:
        """The picture, the maps of a convolution, or where the word comes from."""
        if self.seen is None or self.view.name != "picture":
            self.say(_NO_PICTURE if self.seen is None else _ELSEWHERE.format(view=self.sign("view.next")))
            return
        every = showings(self.seen)
        self.change_view(shown=every[(every.index(self.view.shown) + by) % len(every)])

    def action_paint(self) -> None:
        """Take the brush, or lay it down."""
        if self.seen is None:
            self.say(_NO_PICTURE)
        elif self.painting:
            self.lay_down()
        else:
            self.take_up(Brush())

    def take_up(self, brush: Brush) -> None:
        """The brush is on the picture, and the whole caption is said, so that one sees what becomes of it."""
        self.halt()
        self.say("")
        self.open_view(replace(self.view, name="picture", shown="picture", brush=brush))
        self._say_all()

    def lay_down(self) -> None:
        """The keys are for the playhead again."""
        self.change_view(brush=None)

    # What the keys do.

    def action_move(self, name: str) -> None:
        """A move of the brush, or of the shape that is held; else of the playhead."""
        brush = self.view.brush
        if brush is None or not self.painting or name not in {*_WAYS, "back"}:
            super().action_move(name)
        elif name == "back":
            self._dab(erase=True)
        elif brush.shape is not None:
            self._shove(brush, *_WAYS[name])
        else:
            self.change_view(brush=brush.moved(*_WAYS[name]))

    def action_play(self) -> None:
        """Space paints."""
        if self.painting:
            self._dab()
        else:
            super().action_play()

    def action_open(self) -> None:
        """So does Enter."""
        if self.painting:
            self._dab()
        else:
            super().action_open()

    def action_mark(self, by: int) -> None:
        """The next shape, or the one before; after the last one the brush again."""
        if self.painting:
            self._hold(by)
        else:
            super().action_mark(by)

    def choose(self, k: int) -> None:
        """The k-th colour, counted from 1."""
        brush = self.view.brush
        if brush is None or not self.painting:
            super().choose(k)
        elif k <= len(COLOURS):
            self.change_view(brush=replace(brush, colour=list(COLOURS)[k - 1], shape=None))

    # What comes of it.

    def _dab(self, *, erase: bool = False, tall: int = 1, on: bool = False) -> None:
        """Paint, or erase, where the brush is; a shape that is held is let go instead."""
        brush, picture = self.view.brush, self.seen
        if brush is not None and brush.shape is not None:
            self.change_view(brush=replace(brush, shape=None))
        elif brush is not None and picture is not None:
            self._paint(dabbed(picture, brush, erase=erase, tall=tall), on=on)

    def _hold(self, by: int) -> None:
        brush, count = self.view.brush, shapes_of(self.seen) if self.seen is not None else 0
        if brush is None:
            return
        if not count:
            self.say(_FLAT.format(undo=self.sign("edit.undo")))
            return
        self.change_view(brush=brush.holding(count, by))

    def _shove(self, brush: Brush, down: int, right: int) -> None:
        picture = self.seen
        if picture is None or picture.drawing is None:
            self.change_view(brush=replace(brush, shape=None))
            self.say(_FLAT.format(undo=self.sign("edit.undo")))
        elif (after := shoved(picture, brush, down, right)) is picture:
            self.say(_STAYS)
        else:
            self._paint(after, on=brush == self.pushed)
            self.pushed = brush

    def _paint(self, picture: Picture, *, on: bool = False) -> None:
        """Another picture: the network says of it what it says."""
        if picture is not self.seen:
            self.say("")
            self.show(self.history.paint(picture, on=on))

    def show(self, history: History) -> None:
        """Other numbers; while something is painted, all that is said of them. A shape that is gone is let go."""
        super().show(history)
        self.pushed, brush = None, self.view.brush
        if brush is None or not self.painting:
            return
        if brush.shape is not None and (self.seen is None or brush.shape >= shapes_of(self.seen)):
            self.view = replace(self.view, brush=replace(brush, shape=None))
        self._say_all()

    def _say_all(self) -> None:
        """The playhead is at the end of the forward pass."""
        self.cursor = self.track.end(Cursor("forward", unit=self.cursor.unit))

    def on_pixel_picked(self, message: PixelPicked) -> None:
        """The first click takes the brush to its place; from then on the mouse paints."""
        brush = replace(self.view.brush or Brush(), row=message.row, column=message.column, shape=None)
        if not self.painting:
            if not message.going_on:
                self.take_up(brush)
            return
        self.view = replace(self.view, brush=brush)
        self._dab(tall=_PER_LINE, on=message.going_on)
