"""Runs the player in a terminal, for the tests of signals."""

from __future__ import annotations

import sys

from tests.app.episodes import player_app

if __name__ == "__main__":
    app = player_app()
    app.run()
    sys.exit(app.return_code or 0)
