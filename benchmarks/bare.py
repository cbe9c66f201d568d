"""`python -m benchmarks.bare`: the least that a Textual app can do, which is to count the keys that are pressed."""

from __future__ import annotations

import numpy  # noqa: F401, ICN001  # the player needs it as well, so its price is not the player's
from textual.app import App, ComposeResult
from textual.widgets import Static


class Counter(App[None]):
    """A number that goes up by one with every key."""

    count = 0

    def compose(self) -> ComposeResult:
        """The number."""
        yield Static("count 0")

    def on_key(self) -> None:
        """One more."""
        self.count += 1
        self.query_one(Static).update(f"count {self.count}")


if __name__ == "__main__":
    Counter().run()
