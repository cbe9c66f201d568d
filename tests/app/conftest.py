"""The app is tested in a terminal that can show everything, whatever the one is that the tests run in."""

import pytest


@pytest.fixture(autouse=True)
def _good_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
