"""Walking among weights: in their view the keys of the playhead move through a matrix."""

from __future__ import annotations

import numpy as np

from rnntutor.app.messages import SpotMoved, SpotPicked
from rnntutor.app.screens.moving import Moving
from rnntutor.app.screens.viewing import Viewing
from rnntutor.show.spot import Spot, matrices

_ALONG = {
    "next_line": "right", "previous_line": "left", "next_unit": "down", "previous_unit": "up",
    "home": "row_start", "end": "row_end",
}  # fmt: skip
"""What the moves of the playhead are among weights."""
_PAGE = 8
"""Rows of a page."""


class Weighing(Moving, Viewing):
    """Arrows, Home and End, PageUp and PageDown, Tab, Enter and Backspace in the view of the weights."""

    def action_move(self, name: str) -> None:
        """A move through the matrix where there is one, else of the playhead."""
        if self.view.looked_at is None or name not in {*_ALONG, "back"}:
            super().action_move(name)
        elif name == "back":
            self.action_show_view("score")
        else:
            self._look_at(getattr(matrices(self.present), _ALONG[name])(self.view.spot))

    def action_open(self) -> None:
        """From W to dW and back; from the gradients of all parameters to that of one."""
        stop = self.present.stop(self.cursor)
        if self.view.looked_at is not None:
            self._look_at(matrices(self.present).toggle(self.view.spot))
        elif stop.folded and self.view.name == "score":
            self._open_gradient(self.present.current_line(self.cursor).name.removeprefix("d"))
        else:
            super().action_open()

    def _open_gradient(self, param: str) -> None:
        """The gradient of a parameter, at its largest number."""
        total = np.abs(np.nan_to_num(self.present.grads.params[param]))
        row, column = divmod(int(total.argmax()), total.shape[-1])  # a vector is one row
        self._look_at(Spot(param, row, column, gradient=True))
        self.action_show_view("weights")

    def action_mark(self, by: int) -> None:
        """The next parameter or the one before; elsewhere the next operand."""
        shown = matrices(self.present)
        if self.view.looked_at is None:
            super().action_mark(by)
        else:
            self._look_at((shown.next_param if by > 0 else shown.previous_param)(self.view.spot))

    def action_page(self, by: int) -> None:
        """Many rows at once."""
        if self.view.looked_at is not None:
            self._look_at(matrices(self.present).by(self.view.spot, _PAGE * by, 0))

    def _look_at(self, spot: Spot) -> None:
        self.change_view(spot=spot)

    def on_spot_picked(self, message: SpotPicked) -> None:
        """A weight was clicked."""
        self._look_at(matrices(self.present).to(self.view.spot, message.row, message.column))

    def on_spot_moved(self, message: SpotMoved) -> None:
        """The mouse wheel."""
        self._look_at(matrices(self.present).by(self.view.spot, message.rows, message.columns))
