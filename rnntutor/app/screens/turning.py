"""Turning knobs while gradients flow: σ_max, the forget bias, T, where the loss counts, cuts and clipping."""

from __future__ import annotations

from rnntutor.app.screens.editing import Editing, short
from rnntutor.show.edits import label

_ELSEWHERE = "This turns something of the flow view; {view} goes through the views."


class Turning(Editing):
    """+ and -, * and /, f and F, c and C, L and T in the view of the flow."""

    def action_nudge(self, sign: int) -> None:
        """σ_max where gradients flow; elsewhere the selected number."""
        if self.view.name == "flow":
            self.action_turn("sigma_max", sign)
        else:
            super().action_nudge(sign)

    def action_turn(self, knob: str, by: int) -> None:
        """A knob a step further, and everything with it."""
        if self.view.name != "flow":
            self.say(_ELSEWHERE.format(view=self.sign("view.next")))
            return
        self.halt()
        try:
            history = self.history.turn(knob, by)
        except ValueError as error:
            self.say(short(error))
            return
        self.show(history)
        self.say(label(history.scene.changes[-1], self.look) if history.nudged else "Back where it was.")
