"""Training on what is played: one iteration, or a hundred while one watches."""

from __future__ import annotations

from time import perf_counter

from textual.timer import Timer

from rnntutor.app.screens.moving import Moving
from rnntutor.app.screens.viewing import Viewing
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show.upcoming import outcome, teachable

MANY = 100
"""Iterations of one training."""
FRAME = 0.1
"""Seconds between two pictures of it."""
_BUSY = 0.07
"""Seconds of a frame that go into training: the rest is for drawing, and for keys."""
_EACH = 4
"""Iterations of a frame, at most: how the loss falls has to be seen."""


class Learner(Moving, Viewing):
    """i and I. The iterations run on the screen's own time, a few in every frame, so that no worker outlives it."""

    learning: Timer | None = None
    """What trains on by itself."""
    until: int = 0
    """The iteration after which that ends."""
    learned: History | None = None
    """What it has made; other numbers on the screen end it."""

    def action_learn(self) -> None:
        """One iteration."""
        self.halt()
        self._learn()

    def action_learn_on(self) -> None:
        """A hundred iterations, or an end to them."""
        if self.learning is not None:
            self.stop_learning()
            return
        self.halt()
        if self._learn():
            self.until = teachable(self.present).iteration + MANY - 1
            self.action_show_view("training")
            self.learning = self.set_interval(FRAME, self._learn_on)
            self._tell()

    def _learn(self) -> bool:
        """One iteration, seen from the beginning of the forward pass; or why there is none."""
        try:
            history = self.history.learn()
        except ValueError as error:
            self.say(str(error))
            return False
        self.cursor = Cursor(unit=self.cursor.unit)  # before an answer may lead elsewhere
        self._show(history)
        self.say(outcome(self.present, self.look))
        return True

    def _show(self, history: History) -> None:
        self.learned = history
        self.show(history)

    def _learn_on(self) -> None:
        """What a frame has time for."""
        if self.history is not self.learned:
            self.halt()
            return
        history, problem, end = self.history, "", perf_counter() + _BUSY
        for _ in range(min(_EACH, self.until - teachable(history.scene).iteration)):
            try:
                history = history.learn_on()
            except ValueError as error:
                problem = str(error)
                break
            if perf_counter() > end:
                break
        self._show(history)
        if problem or teachable(history.scene).iteration >= self.until:
            self.stop_learning()
        self._tell()
        if problem:
            self.say(problem)

    def _tell(self) -> None:
        """What came of it so far, and how to stop."""
        said = outcome(self.present, self.look)
        stop = f"; {self.sign('learn.on')} or {self.sign('leave')} stops" if self.learning is not None else ""
        self.say(f"{said}{stop}")

    def stop_learning(self) -> None:
        """Keep what was learned."""
        self.halt()
        self.say(outcome(self.present, self.look))

    def halt(self) -> None:
        """Stop training as well."""
        super().halt()
        if self.learning is not None:
            self.learning.stop()
            self.learning = None

    def action_play(self) -> None:
        """Play what was learned so far."""
        if self.learning is not None:
            self.halt()
        super().action_play()
