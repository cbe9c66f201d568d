"""What the panels show besides the playhead."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnntutor.show.brush import Brush
from rnntutor.show.spot import Spot


@dataclass(frozen=True)
class View:
    """Which view is open, and how it is set."""

    name: str = "score"
    watches: tuple[str, ...] = ()
    """Expressions that have a row of the tape each."""
    temperature: float = 1.0
    """What the scores are divided by before they become probabilities, in the output view."""
    spot: Spot = field(default_factory=Spot)
    """The number of the weights view."""
    shown: str = "picture"
    """What the picture view shows large: see `show.pictures.showings`."""
    brush: Brush | None = None
    """What the picture is painted with; None while it is not."""

    branch: int = 0
    """The node of the tree that is marked, in the view of a beam search."""

    @property
    def looked_at(self) -> Spot | None:
        """The number of a parameter that is looked at instead of the one under the playhead, if one is."""
        return self.spot if self.name == "weights" else None
