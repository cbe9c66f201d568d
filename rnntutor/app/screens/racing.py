"""Letting cells race: what the moment proposes, or a short race in counting."""

from __future__ import annotations

from rnntutor.app.screens.guiding import Guiding
from rnntutor.app.screens.race import RaceScreen
from rnntutor.course.lesson import Race
from rnntutor.course.staging import plan_of

SHORT = Race(cells=("lstm", "rnn", "gru"), settings={"task": "anbn", "hidden": 4, "iterations": 400})
"""What is run where no lesson proposes a race."""


class Racing(Guiding):
    """R."""

    def action_race(self) -> None:
        """Open the race over the screen."""
        self.halt()
        wanted = self.walk.moment.race if self.walk is not None and not self.walk.over else None
        try:
            plan = plan_of(wanted or SHORT)
        except ValueError as error:
            self.say(str(error))
            return
        self.app.push_screen(RaceScreen(plan, self.look))

