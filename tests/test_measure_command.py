"""rnntutor measure: how well a model does its task."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rnntutor.cli import cli
from rnntutor.course.lessons import lessons_folder

FOLDERS = [folder for folder in sorted(lessons_folder().iterdir()) if "caption" in folder.name]
CASES = [(folder, file.stem) for folder in FOLDERS for file in sorted(folder.glob("*.json"))]


@pytest.mark.parametrize(("folder", "name"), CASES, ids=[name for _, name in CASES])
def test_what_a_lesson_keeps_is_what_is_measured(folder: Path, name: str, tmp_path: Path) -> None:
    kept = json.loads((folder / f"{name}.json").read_text())["measures"]
    out = tmp_path / "found.json"
    result = CliRunner().invoke(cli, ["measure", str(folder / f"{name}.safetensors"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = json.loads(out.read_text())["measures"]
    # Another BLAS rounds otherwise: of a thousand captions a few may turn out as others.
    assert found == {key: pytest.approx(value, abs=0.01 if value <= 1 else 20) for key, value in kept.items()}


def test_at_least_95_of_100_captions_are_true() -> None:
    kept = json.loads((FOLDERS[0] / "learned.json").read_text())["measures"]
    assert kept["true"] >= 0.95


def test_a_text_is_measured_by_its_loss() -> None:
    result = CliRunner().invoke(cli, ["measure", str(lessons_folder() / "hello" / "model.safetensors")])
    assert result.output.startswith("loss")


def test_what_is_no_model_is_told() -> None:
    result = CliRunner().invoke(cli, ["measure", "nowhere.safetensors"])
    assert result.exit_code != 0


def test_the_figures_of_the_readme_are_those_that_were_measured() -> None:
    """In its order: true, blindly true, true where something was never seen, and true of the plain network."""
    files = (FOLDERS[0] / f"{name}.json" for name in ("learned", "plain"))
    learned, plain = (json.loads(file.read_text())["measures"] for file in files)
    wanted = [learned["true"], learned["blind"], learned["true of unseen"], plain["true"]]
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    passage = text[text.index("The captions of lesson 12") : text.index("knows what is there, and not where")]
    told = re.findall(r"\b(\d+)(?: in 100|\))", passage)
    assert [int(k) for k in told] == [round(100 * k) for k in wanted]
    assert ("is never named" in passage) == (learned["named unseen"] == 0)
