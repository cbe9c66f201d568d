"""Changing what the panels show: the views and how they are set."""

from __future__ import annotations

from rnntutor.app.screens.stage import Stage
from rnntutor.show.temperature import colder, warmer
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS


class Viewing(Stage):
    """v and V, x, and the temperature."""

    before: View = View()
    """What was open before runs were compared."""

    def action_view(self, by: int) -> None:
        """The next view, or the one before."""
        names = list(VIEWS)
        self.action_show_view(names[(names.index(self.view.name) + by) % len(names)])

    def action_show_view(self, name: str) -> None:
        """A view by name."""
        self.change_view(name=name)
        self.panels = ("tape", name, "why") if VIEWS[name].height else ("tape", name)

    def action_compare(self) -> None:
        """The run before all edits beside the present one, and back."""
        if self.view.name == "compare":
            self.action_show_view(self.before.name)
        else:
            self.before = self.view
            self.action_show_view("compare")

    def action_temperature(self, by: int) -> None:
        """Divide the scores by more, or by less."""
        if self.view.name == "output":
            self.change_view(temperature=(warmer if by > 0 else colder)(self.view.temperature))
