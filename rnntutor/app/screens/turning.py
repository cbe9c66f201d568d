"""Turning knobs while gradients flow: σ_max, the forget bias, T, where the loss counts, cuts and clipping."""

from __future__ import annotations

from rnntutor.app.screens.editing import Editing, short
from rnntutor.engine.recurrent import forget_biases, recurrent_of
from rnntutor.show.edits import label
from rnntutor.show.scene import Scene

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
        self.say(self._said(history.scene, knob) if history.nudged else "Back where it was.")

    def _said(self, scene: Scene, knob: str) -> str:
        """What was turned, and which parameters that are: σ_max: 0.938 → 0.950 (each of W_i, W_f, W_o, W_g)."""
        of = {"sigma_max": tuple(recurrent_of(scene.run)), "forget_bias": forget_biases(scene.run.cell.step)}
        names, said = of.get(knob, ()), label(scene.changes[-1], self.look)
        return f"{said} ({'each of ' * (len(names) > 1)}{', '.join(names)})" if names else said
