"""Characters: vocabulary, batches, and a model run over a text."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.symbols import shown
from rnntutor.tasks.chars import READOUT, batches, episode, shown_text, with_readout
from rnntutor.tasks.vocabulary import Vocabulary
from tests.cases import Array

texts = st.text(alphabet="ab\n\r\u2028ü世", min_size=2, max_size=60).filter(lambda text: len(set(text)) > 1)


def decoded(vocabulary: Vocabulary, rows: Array) -> str:
    """The text of one-hot rows."""
    return "".join(vocabulary.symbols[k] for k in rows.argmax(axis=-1))


@given(text=texts)
def test_vocabulary(text: str) -> None:
    vocabulary = Vocabulary.of(text)
    assert vocabulary.symbols == tuple(sorted(set(text)))
    rows = vocabulary.one_hot(vocabulary.encode(text))
    assert (rows.sum(axis=-1) == 1).all()
    assert decoded(vocabulary, rows) == text


@pytest.mark.parametrize("text", ["", "a", "aaaa"])
def test_too_little_to_learn_from(text: str) -> None:
    with pytest.raises(ValueError, match="two different characters"):
        Vocabulary.of(text)


def test_an_unknown_character_is_named() -> None:
    with pytest.raises(ValueError, match="'z'"):
        Vocabulary.of("hello").encode("hez")


def test_a_readout_is_added_once() -> None:
    text = with_readout(rt.load_cell("lstm").text)
    assert text.endswith(READOUT)
    assert with_readout(text) == text


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("h = tanh(W @ [h_prev, x])  # readout: comes below", True),
        ("y = W_y @ x\np = softmax(y)\nloss = cross_entropy(p, target)", False),
        ("h = tanh(W @ [h_prev, x])\nreadout:\n    y = V @ h", False),
    ],
)
def test_a_readout_is_what_the_equations_say(text: str, added: bool) -> None:
    """And not what a comment says."""
    assert with_readout(text).endswith(READOUT) == added


@given(text=texts, steps=st.integers(1, 20), batch=st.integers(1, 5))
def test_one_reading(text: str, steps: int, batch: int) -> None:
    """Every stream is a piece of the text in order, the target one character ahead, states carried within."""
    vocabulary = Vocabulary.of(text)
    data = batches(text, vocabulary, steps=steps, batch=batch)
    reading = [next(data)]
    for further in data:
        if further.fresh:
            break
        reading.append(further)
    assert reading[0].fresh
    x = np.concatenate([one.x for one in reading])
    target = np.concatenate([one.target for one in reading])
    assert x.shape == target.shape
    length = (len(text) - 1) // x.shape[1]
    assert length - steps < len(x) <= length, "more is left over than does not fill a row"
    for stream in range(x.shape[1]):
        start = stream * length
        assert decoded(vocabulary, x[:, stream]) == text[start : start + len(x)]
        assert decoded(vocabulary, target[:, stream]) == text[start + 1 : start + 1 + len(x)]


@given(text=texts, seed=st.integers(0, 9))
def test_shuffled_readings_keep_the_lines(text: str, seed: int) -> None:
    """Every reading has all the lines, whole; the same seed gives the same order."""
    text += "" if text.endswith("\n") or "\n" not in text else "\n"
    vocabulary = Vocabulary.of(text)

    def readings() -> list[str]:
        data = batches(text, vocabulary, steps=len(text), batch=1, shuffle=seed)
        return [
            decoded(vocabulary, one.x[:, 0]) + decoded(vocabulary, one.target[-1:, 0])
            for one in islice(data, 4)
        ]

    assert readings() == readings()
    for reading in readings():
        assert sorted(reading.split("\n")) == sorted(text.split("\n"))


def test_shuffling_changes_the_order() -> None:
    text = "a\nb\nc\nd\ne\nf\n"
    data = batches(text, vocabulary := Vocabulary.of(text), steps=11, batch=1, shuffle=0)
    assert len({decoded(vocabulary, one.x[:, 0]) for one in islice(data, 5)}) > 1


def test_a_last_line_without_an_end_gets_one() -> None:
    text = "ab\nba"
    [one] = islice(batches(text, vocabulary := Vocabulary.of(text), steps=9, batch=1, shuffle=0), 1)
    assert decoded(vocabulary, one.x[:, 0]) in ("ab\nba", "ba\nab")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_of_batches(dtype: type[np.floating]) -> None:
    [one] = islice(batches("hello", Vocabulary.of("hello"), steps=2, batch=2, dtype=dtype), 1)
    assert {one.x.dtype, one.target.dtype} == {np.dtype(dtype)}


def a_model(symbols: str = "ehlo", dtype: type[np.floating] = np.float64) -> rt.Model:
    """An untrained LSTM."""
    cell = rt.parse_cell(with_readout(rt.load_cell("lstm").text), "lstm")
    size = len(symbols)
    return rt.Model(
        cell, rt.init_params(cell, 5, size, target=size, seed=1, dtype=dtype), tuple(sorted(symbols))
    )


def test_an_episode() -> None:
    """The last character is only wanted; gradients are those of the summed loss."""
    model = a_model()
    told = episode(model, "hello", "A title")
    assert told.title == "A title"
    assert told.about == "LSTM  5 units · 4 chars · “hello”"
    assert (told.reads, told.wants) == (tuple("hell"), tuple("ello"))
    assert told.symbols == tuple("ehlo")
    x = np.eye(4)[[1, 0, 2, 2]][:, None]
    target = np.eye(4)[[0, 2, 2, 3]][:, None]
    ran = rt.run(model.cell, model.params, x, target=target)
    np.testing.assert_array_equal(told.run["loss"], ran["loss"])
    np.testing.assert_array_equal(told.grads["W_f"], ran.backward()["W_f"])


def test_an_episode_is_in_double_precision() -> None:
    told = episode(a_model(dtype=np.float32), "hello", "")
    assert told.run["h"].dtype == np.float64


@pytest.mark.parametrize(("text", "words"), [("", "two characters"), ("h", "two characters"), ("hex", "'x'")])
def test_a_text_that_cannot_be_played(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        episode(a_model(), text, "")


def test_stand_ins() -> None:
    assert [shown(symbol) for symbol in ("a", " ", "\n", "\t", "\x1b", "\x9b", "\u202e", "\u200b")] == [
        "a", "␣", "⏎", "⇥", "�", "�", "�", "�",
    ]  # fmt: skip
    told = episode(a_model("a\x1b\n"), "a\n\x1ba", "")
    assert told.reads == ("a", "⏎", "�")
    assert told.about.isprintable()


@given(text=st.text(), width=st.integers(2, 30))
def test_the_beginning_of_a_text(text: str, width: int) -> None:
    line = shown_text(text, width)
    assert line.isprintable()
    assert len(line) == min(len(text), width)
