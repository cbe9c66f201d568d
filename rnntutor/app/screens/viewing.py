"""Changing what the panels show: the views and how they are set."""

from __future__ import annotations

from dataclasses import replace

from rnntutor.app.screens.stage import Stage
from rnntutor.show.branches import searchable
from rnntutor.show.temperature import colder, warmer
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS


class Viewing(Stage):
    """v and V, x, and the temperature."""

    before: str = "score"
    """What was open before runs were compared."""

    def action_view(self, by: int) -> None:
        """The next view, or the one before; two runs only where there are two, training where something learns."""
        idle = {"compare": not self._comparable, "training": self.present.learning is None}
        names = [name for name in self.offered if not idle.get(name) or self.view.name == name]
        self.action_show_view(names[(names.index(self.view.name) + by) % len(names)])

    @property
    def offered(self) -> tuple[str, ...]:
        """The views by name; that of the picture only where one is seen, that of a search where something is told."""
        absent = {"picture": self.present.picture is None, "beam": not searchable(self.present)}
        return tuple(name for name in VIEWS if not absent.get(name))

    @property
    def _comparable(self) -> bool:
        """Whether there is another run to be seen beside the present one."""
        return self.present.original is not None or bool(self.present.beside)

    def action_show_view(self, name: str) -> None:
        """A view by name."""
        if name == "compare" != self.view.name:
            self.before = self.view.name
        self.open_view(replace(self.view, name=name, brush=None))
        self.say("")

    def open_view(self, view: View) -> None:
        """A view as it is set."""
        self.view, name = view, view.name
        self.panels = tuple(k for k in ("tape", name, "why", *self.words) if k != "why" or VIEWS[name].height)

    def action_compare(self) -> None:
        """The run before edits or training beside the present one, and back."""
        if self.view.name == "compare":
            self.action_show_view(self.before)
        elif self._comparable:
            self.action_show_view("compare")
        else:
            self.say(f"Nothing is edited; {self.sign('edit')} sets a number, and then there are two runs to compare.")

    def action_temperature(self, by: int) -> None:
        """Divide the scores by more, or by less."""
        if self.view.name in ("output", "picture"):
            self.change_view(temperature=(warmer if by > 0 else colder)(self.view.temperature))
