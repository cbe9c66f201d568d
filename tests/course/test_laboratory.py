"""What a lesson says of its networks' weights, of where the loss counts, and of which networks stand side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnntutor.course.check import check_lesson
from rnntutor.course.opening import open_lesson
from rnntutor.course.passage import passage
from rnntutor.course.problem import LessonError
from rnntutor.course.progress import Progress
from rnntutor.course.reading import load_lesson
from rnntutor.course.staging import done, staged
from rnntutor.course.walk import Walk
from rnntutor.play.history import History
from rnntutor.show.edits import done_so_far
from rnntutor.show.watch import query_of

TOML = """
format_version = 1
id = "lab"

[network.rnn]
play = "hello hello"
counts = "last"
sigma_max = 1.3
train = { text = "hello hello", cell = "rnn", hidden = 6 }

[network.lstm]
play = "hello"
forget_bias = 2.0
window = 2
train = { text = "hello hello", cell = "lstm", hidden = 5 }

[network.speaker]
speak = { first = "h", length = 5, how = "argmax" }
sigma_max = 9
train = { text = "hello hello", cell = "rnn", hidden = 6 }

[network.greek]
play = "abc"
train = { text = "abc", cell = "rnn", hidden = 4 }

[[moment]]
id = "both"
view = "flow"
beside = ["lstm", "speaker"]
"""


def write(folder: Path, text: str = TOML) -> Path:
    """The lesson's folder."""
    (folder / "lesson.toml").write_text(text, encoding="utf-8")
    (folder / "en.md").write_text("# Lab\n\nA lesson.\n\n## Both {#both}\n\nWords.\n", encoding="utf-8")
    return folder


def test_networks_are_what_the_lesson_says(tmp_path: Path) -> None:
    scenes = open_lesson(load_lesson(write(tmp_path))).scenes
    rnn, lstm, speaker = (scenes[name] for name in ("rnn", "lstm", "speaker"))
    assert np.linalg.svd(rnn.run.params["W"][:, :6])[1][0] == pytest.approx(1.3, rel=1e-12)
    assert query_of(rnn, "sigma_max(W[h_prev])").at(0) == pytest.approx(1.3, rel=1e-12)
    assert (lstm.run.params["b_f"] == 2).all()
    assert not lstm.run.params["b_i"].any()
    assert rnn.counts == (*[False] * 9, True)
    assert rnn.grads.seeds is not None
    assert np.flatnonzero(rnn.grads.seeds["loss"]).tolist() == [9]
    assert [done_so_far(scene) for scene in scenes.values()] == [""] * 4
    assert [scene.original for scene in scenes.values()] == [None] * 4
    # It speaks with the weights that it has.
    chosen = speaker.run["p"][:, 0].argmax(axis=-1)
    assert speaker.wants == tuple(speaker.symbols[k] for k in chosen)


def test_a_moment_shows_networks_beside_its_own(tmp_path: Path) -> None:
    opened = open_lesson(load_lesson(write(tmp_path)))
    scene = staged(opened, 0).history.scene
    assert [each.called for each in (scene, *scene.beside)] == ["rnn", "lstm", "speaker"]
    for each in scene.beside:
        assert np.array_equal(each.run["x"], scene.run["x"])
        assert each.counts == scene.counts
    assert opened.scenes["lstm"].steps == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("forget_bias = 2.0", "forget_bias = nan", "network lstm: forget_bias: a number is wanted, not nan"),
        ('counts = "last"', "forget_bias = 1", "network rnn: forget_bias: no gate with a bias keeps a state here"),
        ("sigma_max = 1.3", "sigma_max = inf", "network rnn: sigma_max: zero or a number above it is wanted, not inf"),
    ],
)
def test_what_a_network_cannot_be_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    lesson = load_lesson(write(tmp_path, TOML.replace(old, new)))
    with pytest.raises(LessonError, match=said):
        open_lesson(lesson)


def test_what_reads_other_symbols_cannot_stand_beside(tmp_path: Path) -> None:
    opened = open_lesson(load_lesson(write(tmp_path, TOML.replace('["lstm", "speaker"]', '["greek"]'))))
    with pytest.raises(ValueError, match="beside: greek knows other symbols than rnn"):
        staged(opened, 0)


def test_a_knob_is_something_that_can_be_done(tmp_path: Path) -> None:
    """In a solution or among the edits of a moment; the key u takes it back."""
    begin = History((open_lesson(load_lesson(write(tmp_path))).scenes["rnn"],))
    after = done(begin, "sigma_max 0.8")
    assert query_of(after.scene, "sigma_max(W[h_prev])").at(0) == pytest.approx(0.8, rel=1e-12)
    assert done(after, "clip 5").scene.threshold == 5
    assert after.undo().scene is begin.scene
    for text, said in [("sigma_max", "a number is wanted"), ("sigma_max big", "a number is wanted"),
                       ("window 2.5", "window: zero or a whole number"), ("forget_bias 1", "forget_bias")]:
        with pytest.raises(ValueError, match=said):
            done(begin, text)


def test_a_knob_to_turn_is_no_number_to_edit(tmp_path: Path) -> None:
    folder = write(tmp_path, TOML + """
[moment.ask]
kind = "do"
answer = "sigma_max(W[h_prev]) < 1"
solution = ["sigma_max 0.8"]
""")
    words = (folder / "en.md").read_text(encoding="utf-8")
    (folder / "en.md").write_text(f"{words}\n### ask\n\nTurn it.\n\n### then\n\nDone.\n", encoding="utf-8")
    assert [str(problem) for problem in check_lesson(folder)] == []
    opened = open_lesson(load_lesson(folder))
    said = passage(Walk.begun(opened, Progress("lab")), opened.scene(0), str)
    texts = ["".join(text for text, _ in block.spans) for block in said.blocks]
    assert any(text.startswith("the right setting answers") for text in texts)
    assert not any("edits, and that answers" in text for text in texts)
