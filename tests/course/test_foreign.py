"""A PyTorch model as a walk: its moments, its table, what it reads, and every screen of it at every size."""

import json
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from safetensors.numpy import load_file, save_file

from rnntutor.course.foreign import open_torch
from rnntutor.course.passage import passage
from rnntutor.course.progress import Progress
from rnntutor.course.staging import staged, unfit
from rnntutor.course.walk import Walk
from rnntutor.engine.known import value
from rnntutor.exchange.opening import Asked
from rnntutor.printing import as_json, as_text
from rnntutor.show import VIEW_NAMES
from rnntutor.show.look import ASCII, Look
from rnntutor.show.page import page
from tests.course.foreign import TOKENS, walked, weights
from tests.exchange.torch_models import FROZEN, SYMBOLS, Spec

LSTM, GRU_BOTH = FROZEN[2], FROZEN[5]
LSTM_BOTH = FROZEN[3]
ROWS_OF_AN_LSTM = (
    "The rows are, in PyTorch's order, input gate, forget gate, candidate, output gate. Our columns follow "
    "[h_prev, x], so weight_hh stands left of weight_ih; PyTorch only ever adds its two biases, so ours is their sum."
)


def told(spec: Spec, folder: Path, moment: str) -> list[str]:
    """What is said at a moment, a paragraph each."""
    return ["".join(piece.text for piece in k.pieces) for k in walked(spec, folder).words[moment].text]


def test_layers_come_one_after_the_other(tmp_path: Path) -> None:
    opened = walked(LSTM, tmp_path)
    assert [(k.id, k.network, k.at) for k in opened.lesson.moments] == [
        ("layer-1", "model", "line=e"), ("layer-2", "model", "line=i"), ("linear-layer", "model", "line=y"),
    ]  # fmt: skip
    assert opened.scenes["model"].wants == ("1", "0", "2", "2")


def test_directions_come_one_after_the_other(tmp_path: Path) -> None:
    opened = walked(LSTM_BOTH, tmp_path)
    assert [(k.id, k.network, k.at) for k in opened.lesson.moments] == [
        ("layer-1", "layer 1, forward", "line=e"),
        ("layer-1-from-the-end", "layer 1, from the end", "line=e"),
        ("linear-layer", "readout", "line=y"),
    ]
    there, back = (opened.scenes[name].reads for name in ("layer 1, forward", "layer 1, from the end"))
    assert there == back[::-1] == ("3", "1", "0", "2")


@pytest.mark.parametrize("spec", FROZEN, ids=str)
def test_every_moment_can_be_set_up(spec: Spec, tmp_path: Path) -> None:
    opened = walked(spec, tmp_path)
    for k, moment in enumerate(opened.lesson.moments):
        assert list(unfit(opened, k)) == []
        assert opened.words[moment.id].text


def test_the_table_of_an_lstm(tmp_path: Path) -> None:
    assert told(LSTM, tmp_path, "layer-1") == [
        "              rows     0–2   3–5   6–8   9–11",
        "weight_ih_l0  (12, 2)  W_i1  W_f1  W_g1  W_o1  columns of e",
        "weight_hh_l0  (12, 3)  W_i1  W_f1  W_g1  W_o1  columns of h1_prev",
        "bias_ih_l0    (12)     b_i1  b_f1  b_g1  b_o1",
        "bias_hh_l0    (12)     b_i1  b_f1  b_g1  b_o1",
        ROWS_OF_AN_LSTM,
        "embed.weight (4, 2) is an embedding: its row k is column k of W_e, for symbol k.",
    ]


def test_a_layer_reads_the_one_below(tmp_path: Path) -> None:
    upper = told(LSTM, tmp_path, "layer-2")
    assert upper[1].endswith("W_o   columns of h1")
    assert upper[2].endswith("W_o   columns of h_prev")


def test_the_table_of_a_gru_without_biases(tmp_path: Path) -> None:
    first = told(GRU_BOTH, tmp_path, "layer-2-from-the-end")
    assert "its t = 0 is the last timestep of the sequence" in first[0]
    assert first[1:] == [
        "                      rows    0–2  3–5  6–8",
        "weight_ih_l1_reverse  (9, 6)  W_r  W_z  W_nx  columns of x",
        "weight_hh_l1_reverse  (9, 3)  W_r  W_z  W_nh  columns of h_prev",
        "x is what layer 1 gives: h of its forward direction, then h of the other one.",
    ]
    said = " ".join(told(GRU_BOTH, tmp_path, "layer-1"))
    for words in ("zeros stand in", "Only n keeps the two sides apart, because r multiplies that of h_prev"):
        assert words in said


def test_what_holds_for_the_whole_model(tmp_path: Path) -> None:
    said = " ".join(told(GRU_BOTH, tmp_path, "layer-1"))
    assert "There is no loss here; the gradients are those of the sum of h after the last timestep." in said
    assert "What you edit changes this network alone" in said
    said = " ".join(told(FROZEN[0], tmp_path, "layer-1"))
    assert "taken to be tanh (--nonlinearity tells another)" in said


@pytest.mark.parametrize("size", [(80, 24), (120, 38), (200, 60)])
@pytest.mark.parametrize("spec", FROZEN, ids=str)
def test_every_screen(spec: Spec, size: tuple[int, int], tmp_path: Path) -> None:
    opened = walked(spec, tmp_path)
    for k in range(len(opened.lesson.moments)):
        walk, stage = Walk(opened, Progress(opened.lesson.id)).to(k), staged(opened, k)
        scene = stage.history.scene
        for look in (Look(), Look(glyphs=ASCII, plain=True)):
            lines = page(scene, stage.cursor, look, *size, stage.view, passage(walk, scene, str))
            assert len(lines) <= size[1]
            assert all(cell_len(line.plain) <= size[0] for line in lines)
            assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines)


def test_weights_that_are_not_finite_are_drawn(tmp_path: Path) -> None:
    path = weights(LSTM_BOTH, tmp_path)
    state = load_file(path)
    state["core.weight_hh_l0"][1, 1], state["core.bias_ih_l0_reverse"][2] = np.nan, np.inf
    state["out.weight"][0, 0] = 1e308
    save_file(state, path)
    opened = open_torch(path, Asked(tokens=TOKENS))
    assert "nan" in as_text(opened.scenes["layer 1, forward"], "t=-1 line=h", 120)
    assert "nan" in as_text(opened.scenes["readout"], "t=-1 line=loss", 120)
    assert "nan" in as_text(opened.scenes["readout"], "backward t=0 line=dh", 120)
    for scene in opened.scenes.values():
        for view in VIEW_NAMES:
            for width in (80, 120, 200):
                assert as_text(scene, "backward t=0", width, view=view)


def test_features_are_no_symbols_because_they_are_as_many(tmp_path: Path) -> None:
    """Two directions of two units are four features, and there are four symbols."""
    rng = np.random.default_rng(1)
    shapes = {"out.weight": (4, 4), "out.bias": (4,)}
    for end in ("", "_reverse"):
        shapes |= {f"rnn.weight_ih_l0{end}": (2, 4), f"rnn.weight_hh_l0{end}": (2, 2)}
    path = tmp_path / "a.safetensors"
    save_file({name: rng.normal(size=shape) for name, shape in shapes.items()}, path)
    scene = open_torch(path, Asked(tokens=TOKENS)).scenes["readout"]
    page = as_text(scene, "line=h unit=1", 120)
    assert "x₀[1]" in page
    assert "x₀[“1”]" not in page
    assert "y₀[“1”]" in as_text(scene, "line=y unit=1", 120)
    assert not value(scene, "x").symbols
    assert value(scene, "y").symbols


# What it reads.


def test_symbols_from_the_metadata(tmp_path: Path) -> None:
    path = weights(LSTM, tmp_path, symbols='["h", "e", "l", "o"]')
    scene = open_torch(path, Asked(text="hello")).scenes["model"]
    assert (scene.reads, scene.wants) == (tuple("hell"), tuple("ello"))
    path = weights(LSTM, tmp_path, symbols='["h"]')
    with pytest.raises(ValueError, match="symbols of its metadata: 1 different symbols; the model reads 4"):
        open_torch(path, Asked(text="hello"))


def test_symbols_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("h\ne\nl\no\n")
    asked = Asked(tokens="0 1 2", vocabulary=tmp_path / "v.txt")
    assert walked(LSTM, tmp_path, asked).scenes["model"].reads == ("h", "e")


def test_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(0).normal(size=(5, SYMBOLS)))
    opened = walked(FROZEN[4], tmp_path, Asked(sequence=tmp_path / "a.npy"))
    scene = opened.scenes["model"]
    assert scene.steps == 5
    assert scene.loss is None
    assert "loss" not in scene.run.cell.step.assigned
    told = json.loads(as_json(scene, "t=3 line=h"))
    assert (told["reads"], told["wants"]) == (None, None)


@pytest.mark.parametrize(
    ("spec", "asked", "said"),
    [
        (LSTM, Asked(), "say what it reads: --text, or --tokens with numbers below 4$"),
        (FROZEN[4], Asked(), "--tokens with numbers below 4, or --sequence with a file of 4 numbers a timestep"),
        (LSTM, Asked(text="hello"), "it has no vocabulary of its 4 symbols; give one with --vocabulary, or --tokens"),
        (LSTM, Asked(text="a", tokens="1"), "--text and --tokens: one of them is enough"),
        (LSTM, Asked(sequence=Path("a.npy")), "--sequence: .* reads symbols, through an embedding"),
        (LSTM, Asked(tokens="7"), "tokens: whole numbers from 0 to 3"),
        (LSTM, Asked(tokens="1"), "at least 2 symbols"),
        (LSTM, Asked(tokens="1 2", module="other"), "no recurrent module is called 'other'; there are 'core'"),
        (LSTM, Asked(tokens="1 2", nonlinearity="relu"), "an nn.LSTM has tanh"),
    ],
)
def test_what_cannot_be_read(spec: Spec, asked: Asked, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said) as error:
        walked(spec, tmp_path, asked)
    assert "\n" not in str(error.value)
