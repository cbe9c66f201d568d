"""The pictures need no Textual, and whoever only wants to print one should not wait for it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import rnntutor.show.chrome, rnntutor.show.layout, rnntutor.show.score, rnntutor.show.tape, rnntutor.show.why
print([name for name in sys.modules if name.split('.')[0] == 'textual'])
"""


def test_show_does_not_import_textual() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
