"""What is said chosen in another way: drawn anew, the most probable, or a branch of a beam search."""

from __future__ import annotations

from rnntutor.app.screens.moving import Moving
from rnntutor.app.screens.viewing import Viewing
from rnntutor.play.branching import along, drawn_anew, most_probable, walked
from rnntutor.show.branches import nearest, searchable, tree_of

_STILL = "What is said here is given; only a network that tells something by itself can say it otherwise."


class Telling(Moving, Viewing):
    """d and D; arrows and Enter in the tree of a beam search."""

    @property
    def _in_a_tree(self) -> bool:
        return self.view.name == "beam" and searchable(self.present)

    def action_move(self, name: str) -> None:
        """A move through the tree where there is one, else of the playhead."""
        if not self._in_a_tree or name in ("next_timestep", "previous_timestep", "turn"):
            super().action_move(name)
        elif name == "back":
            self.action_show_view("score")
        else:
            self.change_view(branch=walked(self.present, self.view.branch, name))

    def action_open(self) -> None:
        """Say the marked branch."""
        scene, telling = self.present, self.present.telling
        if telling is None or not self._in_a_tree:
            super().action_open()
            return
        said = tree_of(scene).symbols(nearest(scene, self.view.branch))
        self.show(self.history.tell(along(telling, said)))
        self.say(f"It says “{' '.join(scene.symbols[k] for k in said)}”, and goes on by itself.")

    def action_draw(self, anew: int) -> None:
        """Drawn at random from the next seed, or the most probable words."""
        telling = self.present.telling
        if telling is None:
            self.say(_STILL)
            return
        other = drawn_anew(telling) if anew else most_probable(telling)
        self.show(self.history.tell(other))
        self.say(f"drawn, seed {other.seed}" if anew else "the most probable word each time")
