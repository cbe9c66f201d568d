"""rnntutor export: a script and all numbers of a lesson."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from rnntutor.cli.opening import opener
from rnntutor.printing import scene_of_all
from tests.test_cli import invoke


def test_every_number_of_a_run(tmp_path: Path) -> None:
    scene = scene_of_all(opener("hello", None)())
    told = json.loads(invoke("export", "hello", "--to", "json").output)
    invoke("export", "hello", "--to", "npz", "-o", str(tmp_path / "all.npz"))
    with np.load(tmp_path / "all.npz") as found:
        np.testing.assert_array_equal(found["forward/c"], scene.run["c"][:, 0])
        np.testing.assert_array_equal(found["backward/dc"], scene.grads["c"][:, 0])
        np.testing.assert_array_equal(found["grads/W_f"], scene.grads["W_f"])
        for name in found.files:
            table, _, line = name.partition("/")
            np.testing.assert_array_equal(np.array(told[table][line], found[name].dtype), found[name])
    assert "".join(told["reads"]) == "hell"


def test_the_script_of_a_lesson_runs_alone(tmp_path: Path) -> None:
    out, scene = tmp_path / "hello.py", scene_of_all(opener("hello", None)())
    assert invoke("export", "hello", "--to", "numpy", "-o", str(out)).output.startswith(f"saved {out}: numpy, ")
    ran = subprocess.run([sys.executable, "-I", str(out)], capture_output=True, text=True, check=True)
    told = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in ran.stdout.splitlines()}
    # The weights of a lesson are float32: 6e-8 per operation, a few hundred terms.
    np.testing.assert_allclose(told["loss"], scene.run["loss"].sum(), rtol=1e-5)
    np.testing.assert_allclose(told["norm of dW_f"], np.linalg.norm(scene.grads["W_f"]), rtol=1e-5)


def test_what_needs_a_file_says_so() -> None:
    assert "--to npz writes a file; say where with -o" in str(invoke("export", "hello", "--to", "npz").exception)


def test_a_screen_as_a_picture_and_as_text() -> None:
    """The picture is well-formed and shows what the text does."""
    words = ["export", "hello", "--at", "backward t=1 line=dc", "--width", "100"]
    shown, drawn = (invoke(*words, "--to", target) for target in ("text", "svg"))
    assert (shown.exit_code, drawn.exit_code) == (0, 0)
    picture = ET.fromstring(drawn.output)  # noqa: S314 - our own
    text = "".join(picture.itertext()).replace("\xa0", " ")
    for line in shown.output.splitlines():
        for word in line.split():
            if word.isalnum():
                assert word in text
    assert invoke(*words[:3], "nowhere", "--to", "svg").exit_code != 0
