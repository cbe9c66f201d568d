"""Choosing a symbol, and letting a model speak."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rnntutor as rt
from rnntutor.engine.sample import speak_together
from rnntutor.tasks.chars import with_readout
from tests import oracle
from tests.cases import CELL_NAMES, FEW_CELLS, Array, Values, normal_params

DRAWS = 20_000
SCORES = np.log([0.5, 0.3, 0.15, 0.05])
vectors = hnp.arrays(np.float64, st.integers(1, 8), elements=st.floats(-30, 30))


def frequencies(draws: int = DRAWS, **options: Any) -> Array:
    """How often each symbol comes, of many draws."""
    rng = np.random.default_rng(1)
    drawn = [rt.choose(SCORES, rng, **options) for _ in range(draws)]
    return np.bincount(drawn, minlength=SCORES.size) / draws


def assert_frequencies(actual: Array, expected: Array) -> None:
    """Within four standard deviations of the number of draws; never drawn where the probability is zero."""
    spread = 4 * np.sqrt(expected * (1 - expected) / DRAWS)
    assert (np.abs(actual - expected) <= spread).all(), f"{actual} instead of {expected}"


@given(scores=vectors, seed=st.integers(0, 100))
def test_argmax_takes_the_likeliest(scores: Array, seed: int) -> None:
    chosen = rt.choose(scores, np.random.default_rng(seed), how="argmax")
    assert scores[chosen] == scores.max()


@given(scores=vectors, seed=st.integers(0, 100), data=st.data())
def test_top_k_takes_one_of_the_likeliest(scores: Array, seed: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, scores.size))
    chosen = rt.choose(scores, np.random.default_rng(seed), top_k=k)
    assert (scores > scores[chosen]).sum() < k


def test_frequencies_are_the_probabilities() -> None:
    assert_frequencies(frequencies(), np.array([0.5, 0.3, 0.15, 0.05]))


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_frequencies_at_a_temperature(temperature: float) -> None:
    powers = np.array([0.5, 0.3, 0.15, 0.05]) ** (1 / temperature)
    assert_frequencies(frequencies(temperature=temperature), powers / powers.sum())


def test_frequencies_among_the_likeliest_two() -> None:
    assert_frequencies(frequencies(top_k=2), np.array([0.625, 0.375, 0, 0]))


def test_a_low_temperature_is_argmax() -> None:
    assert frequencies(200, temperature=1e-6).tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("how", {"how": "beam"}),
        ("top_k", {"top_k": 0}),
        ("top_k", {"top_k": 5}),
        ("top_k", {"top_k": 1.5}),
        ("top_k", {"top_k": True}),
        ("temperature", {"temperature": "a"}),
        ("temperature", {"temperature": 0.0}),
        ("temperature", {"temperature": math.nan}),
    ],
)
def test_wrong_arguments_are_named(what: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=what):
        rt.choose(SCORES, np.random.default_rng(0), **wrong)


@pytest.mark.parametrize("scores", [np.zeros(0), np.zeros((2, 2)), np.float64(1)])
def test_scores_are_a_vector(scores: Array) -> None:
    with pytest.raises(ValueError, match="scores has shape"):
        rt.choose(scores, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 7, np.random])
@pytest.mark.parametrize("how", ["argmax", "sample"])
def test_a_generator_is_wanted(rng: Any, how: Any) -> None:
    with pytest.raises(ValueError, match="rng: "):
        rt.choose(SCORES, rng, how=how)


@pytest.mark.parametrize("scores", [[math.nan, 1], [1, math.nan], [math.inf, 1], [-math.inf, -math.inf]])
@pytest.mark.parametrize("how", ["argmax", "sample"])
def test_scores_are_numbers(scores: Any, how: Any) -> None:
    with pytest.raises(ValueError, match="scores: "):
        rt.choose(scores, np.random.default_rng(0), how=how)


def test_minus_infinity_is_never_chosen() -> None:
    rng = np.random.default_rng(0)
    assert {rt.choose(np.array([-np.inf, 0, 1]), rng) for _ in range(100)} == {1, 2}


def a_model(name: str, symbols: int = 5, hidden: int = 4) -> tuple[rt.Cell, Values]:
    """A shipped cell with a readout, on weights large enough that it has something to say."""
    cell = rt.parse_cell(with_readout(rt.load_cell(name).text), name)
    shapes = cell.param_shapes(hidden, symbols, target=symbols)
    return cell, {k: 3 * p for k, p in normal_params(np.random.default_rng(2), shapes).items()}


def oracle_says(name: str, params: Values, first: int) -> Iterator[int]:
    """The likeliest symbol, fed back, by the hand-written cells."""
    said, zeros = [first], {state: np.zeros((1, 4)) for state in oracle.CELLS[name].states}
    while True:
        x = np.eye(params["b_y"].size)[said][:, None]
        h = oracle.forward(name, params, x, zeros)["h"][-1, 0]
        said.append(int((params["W_y"] @ h + params["b_y"]).argmax()))
        yield said[-1]


@pytest.mark.parametrize("name", CELL_NAMES)
def test_the_likeliest_words(name: str) -> None:
    """States carry on and the output comes back in: the same as running over all that was said so far."""
    cell, params = a_model(name)
    said = list(islice(rt.speak(cell, params, 3, how="argmax"), 20))
    assert said == list(islice(oracle_says(name, params, 3), 20))


def test_the_same_seed_says_the_same() -> None:
    cell, params = a_model("lstm")
    one, same, other = (list(islice(rt.speak(cell, params, 0, seed=seed), 40)) for seed in (7, 7, 8))
    assert one == same
    assert one != other
    assert set(one) <= set(range(5))


def test_speaking_goes_on_from_a_state() -> None:
    """A run over what was said, and then on from its last states."""
    cell, params = a_model("lstm")
    whole = [2, *islice(rt.speak(cell, params, 2, how="argmax"), 12)]
    x = np.eye(5)[whole[:6]][:, None]
    ran = rt.run(cell, params, x, target=x)
    assert list(islice(rt.speak(cell, params, whole[6], how="argmax", init=ran.last), 6)) == whole[7:]


@pytest.mark.parametrize("name", FEW_CELLS)
@pytest.mark.parametrize(
    "options", [{}, {"how": "argmax"}, {"temperature": 2.5}, {"temperature": 0.5, "top_k": 3}], ids=str
)
def test_together_each_says_what_it_says_alone(name: str, options: dict[str, Any]) -> None:
    """Symbol by symbol for every seed, whoever speaks beside it."""
    cell, params = a_model(name)
    seeds = [*range(20), 7, 2**40]
    together = np.stack(list(islice(speak_together(cell, params, 3, seeds, **options), 30)), axis=1)
    for seed, said in zip(seeds, together.tolist(), strict=True):
        assert said == list(islice(rt.speak(cell, params, 3, seed=seed, **options), 30))


def test_together_from_states_of_their_own() -> None:
    cell, params = a_model("lstm")
    rng = np.random.default_rng(4)
    init = {name: rng.standard_normal((3, 4)) for name in cell.states}
    together = np.stack(list(islice(speak_together(cell, params, 1, [5, 6, 7], init=init), 12)), axis=1)
    for row, said in enumerate(together.tolist()):
        own = {name: state[row : row + 1] for name, state in init.items()}
        assert said == list(islice(rt.speak(cell, params, 1, seed=5 + row, init=own), 12))


@pytest.mark.parametrize("first", [-1, 5, 1.0, None, True])
def test_the_first_symbol_is_one_of_them(first: Any) -> None:
    with pytest.raises(ValueError, match="first"):
        rt.speak(*a_model("rnn"), first)


@pytest.mark.parametrize(("what", "wrong"), [("temperature", 0), ("how", "beam"), ("top_k", 9), ("h", None)])
def test_wrong_arguments_are_told_by_the_call(what: str, wrong: Any) -> None:
    """And not when the first symbol is asked for."""
    options = {"init": {"h": np.zeros(7)}} if what == "h" else {what: wrong}
    with pytest.raises(ValueError, match=what):
        rt.speak(*a_model("rnn"), 0, **options)


def test_a_missing_parameter_is_told_by_the_call() -> None:
    cell, params = a_model("rnn")
    del params["b_y"]
    with pytest.raises(ValueError, match="b_y"):
        rt.speak(cell, params, 0)


def test_a_readout_of_any_form_speaks() -> None:
    """Its size follows from the equations, not from the name of a parameter."""
    cell = rt.parse_cell("h = tanh(W @ [h_prev, x])\nreadout:\n    y = V @ h")
    params = rt.init_params(cell, 4, 5, y=5, seed=1)
    assert set(islice(rt.speak(cell, params, 3), 20)) <= set(range(5))


def test_a_cell_without_scores_has_nothing_to_say() -> None:
    cell = rt.load_cell("rnn")
    with pytest.raises(ValueError, match="no line y"):
        rt.speak(cell, rt.init_params(cell, 3, 3), 0)
