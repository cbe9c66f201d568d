"""Pairs: what is read and wanted becomes arrays, and can be read off them again; a model run over one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.tasks.chars import with_readout
from rnntutor.tasks.pairs import Pair, batch_of, names, played
from rnntutor.tasks.vocabulary import Vocabulary
from tests.cases import Array, assert_matches_differences, numeric_gradient

LETTERS = "abc\n"
VOCABULARY = Vocabulary.of(LETTERS)
symbols = st.none() | st.sampled_from(LETTERS)
pairs = st.lists(st.tuples(symbols, symbols), min_size=1, max_size=6).map(
    lambda rows: Pair(tuple(read for read, _ in rows), tuple(want for _, want in rows))
)


def read_off(x: Array) -> tuple[str | None, ...]:
    """The symbols of rows that are one-hot or all zero."""
    return tuple(VOCABULARY.symbols[row.argmax()] if row.any() else None for row in x)


@given(several=st.lists(pairs, min_size=1, max_size=4))
def test_a_batch_can_be_read_off(several: Sequence[Pair]) -> None:
    """Each pair in its own stream; after its end nothing is read and nothing wanted."""
    batch = batch_of(several, VOCABULARY)
    steps = max(map(len, several))
    assert batch.fresh
    assert batch.x.shape == batch.target.shape == (steps, len(several), 4)
    np.testing.assert_allclose(batch.target.sum(axis=-1), 1, rtol=1e-12)
    counts = np.ones((steps, len(several))) if batch.counts is None else batch.counts
    for b, pair in enumerate(several):
        rest = (None,) * (steps - len(pair))
        assert read_off(batch.x[:, b]) == pair.reads + rest
        assert read_off(batch.target[:, b] * counts[:, b, None]) == pair.wants + rest
        assert tuple(counts[:, b] == 1) == pair.padded(steps).counts
        np.testing.assert_array_equal(batch.target[counts[:, b] == 0, b], 0.25)


@given(pair=pairs)
def test_counts_are_given_only_where_something_is_not_wanted(pair: Pair) -> None:
    assert (batch_of([pair], VOCABULARY).counts is None) == (None not in pair.wants)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype(dtype: type[np.floating]) -> None:
    batch = batch_of([Pair(("a", None), (None, "b"))], VOCABULARY, dtype)
    assert batch.counts is not None
    assert {batch.x.dtype, batch.target.dtype, batch.counts.dtype} == {np.dtype(dtype)}


@pytest.mark.parametrize(("reads", "wants"), [((), ()), (("a",), ()), (("a",), ("b", None))])
def test_a_pair_is_equally_long(reads: tuple[str, ...], wants: tuple[str | None, ...]) -> None:
    with pytest.raises(ValueError, match=f"reads {len(reads)} symbols and wants {len(wants)}"):
        Pair(reads, wants)


@pytest.mark.parametrize("pair", [Pair(("z",), ("a",)), Pair((None,), ("z",))])
def test_an_unknown_symbol_is_named(pair: Pair) -> None:
    with pytest.raises(ValueError, match="does not know 'z'"):
        batch_of([pair], VOCABULARY)


def test_names() -> None:
    assert names(("a", None, "\n", " ")) == ("a", "", "⏎", "␣")


def a_model(dtype: type[np.floating] = np.float64) -> rt.Model:
    """An untrained network."""
    cell = rt.parse_cell(with_readout(rt.load_cell("rnn").text), "rnn")
    return rt.Model(cell, rt.init_params(cell, 3, 4, target=4, seed=1, dtype=dtype), VOCABULARY.symbols)


PAIR = Pair(("a", "b", None, None), (None, "\n", None, "c"))


def test_an_episode_says_what_there_is() -> None:
    told = played(a_model(np.float32), PAIR, "A title", "a task")
    assert (told.title, told.about) == ("A title", "RNN  3 units · a task")
    assert (told.reads, told.wants) == (("a", "b", "", ""), ("", "⏎", "", "c"))
    assert (told.counts, told.took) == ((False, True, False, True), False)
    assert told.symbols == ("⏎", "a", "b", "c")
    assert told.run["h"].dtype == np.float64
    np.testing.assert_array_equal(told.run["x"][2:], 0)


def test_a_cell_of_a_file_is_named_without_its_ending() -> None:
    model = a_model()
    cell = rt.parse_cell(model.cell.text, "own.eq")
    assert played(replace(model, cell=cell), PAIR, "A title", "a task").about == "OWN  3 units · a task"


def test_its_gradients_are_those_of_the_losses_that_count() -> None:
    model = a_model()
    told = played(model, PAIR, "", "")

    def loss() -> float:
        ran = rt.run(model.cell, model.params, told.run["x"], target=told.run["target"])
        return float(ran["loss"][1, 0] + ran["loss"][3, 0])

    for name, p in model.params.items():
        assert_matches_differences(told.grads[name], numeric_gradient(loss, p), name)


def test_where_everything_counts_nothing_is_said_of_it() -> None:
    told = played(a_model(), Pair(("a", None), ("b", "c")), "", "")
    assert told.counts == ()
    assert not told.grads.program.leaves("seed")
