"""Every operation of the language, alone and composed at random, against central finite differences.

The differences come from running the program forward on inputs that are a little off, and from nothing
else: no formula of a derivative stands here, so none can be wrong in the same way as the engine's. An array
that the program reads (a parameter, a sequence, a starting state, a picture) is checked element by element.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import rnntutor as rt
from tests.cases import (
    CELL_NAMES,
    READOUT,
    TEXT,
    Array,
    Size,
    Values,
    assert_close,
    assert_matches_differences,
    normal_params,
    numeric_gradient,
    one_hot,
    program,
    seeds,
    small_sizes,
)


class Inputs(NamedTuple):
    """All that a program reads: its parameters, x, starting states, and further inputs by name."""

    params: Values
    x: Array
    init: Values
    more: Values

    def run(self, cell: Any) -> Any:
        """One forward run."""
        return rt.run(cell, self.params, self.x, init=self.init, **self.more)


def random_inputs(cell: Any, size: Size, rng: np.random.Generator, **more: Array) -> Inputs:
    """Random numbers for everything that a program reads; `more` gives what is not x."""
    lengths = {name: array.shape[-1] for name, array in more.items()}
    shapes = cell.param_shapes(hidden=size.hidden, input=size.input, **lengths)
    x = rng.standard_normal((size.steps, size.batch, size.input))
    return Inputs(normal_params(rng, shapes), x, {}, more)


def with_states(inputs: Inputs, cell: Any, size: Size, rng: np.random.Generator) -> Inputs:
    """The same inputs with random states to start from."""
    return inputs._replace(init={s: rng.standard_normal((size.batch, size.hidden)) for s in cell.states})


def random_seeds(run: Any, names: list[str], rng: np.random.Generator) -> Values:
    """An outside gradient for each of the lines."""
    return {name: rng.standard_normal(run[name].shape) for name in names}


def assert_gradients_match(
    cell: Any, inputs: Inputs, rng: np.random.Generator, skip: tuple[str, ...] = ()
) -> None:
    """The gradient of every input but those in `skip`, of a loss that weighs every line of the program."""
    names = [line.name for line in cell.lines if line.name not in skip]
    run = inputs.run(cell)
    weights = random_seeds(run, names, rng)
    grads = run.backward(weights)

    def loss() -> float:
        moved = inputs.run(cell)
        return sum(float((weight * moved[name]).sum()) for name, weight in weights.items())

    for name, array in (inputs.params | {"x": inputs.x} | inputs.more).items():
        if name not in skip:
            assert_matches_differences(grads[name], numeric_gradient(loss, array), name)
    for name, array in inputs.init.items():
        assert_matches_differences(grads.init[name], numeric_gradient(loss, array), f"{name} before t=0")
    assert_steps_sum_to_total(grads, inputs)


def assert_steps_sum_to_total(grads: Any, inputs: Inputs) -> None:
    """What the timesteps contribute adds up."""
    for name in inputs.params:
        by_step = sum(np.asarray(grads.at(t)[name]) for t in range(len(inputs.x)))
        assert_close(by_step, grads[name], f"{name}, summed over timesteps")


# One operation at a time ------------------------------------------------------------------------------------

# Where an operation must stay in its domain (log, /) its argument is positive by construction.
OPERATIONS = {
    "matrix times vector": "h = W @ x + U @ h_prev",
    "matrix times concatenation": "h = W @ [h_prev, x]",
    "concatenation the other way round": "h = W @ [x, h_prev]",
    "concatenation of three": "h = W @ [h_prev, x, h_prev]",
    "concatenation of an expression": "h = W @ [2 * h_prev, x]",
    "matrix times an expression": "q = W @ x\nh = U @ (q * h_prev)",
    "matrix times a line": "q = W @ x + h_prev\nh = U @ q",
    "the same matrix twice": "q = U @ h_prev + W @ x\nh = U @ q",
    "two matrices, one operand": "q = W @ x + h_prev\nh = U @ q + V @ q",
    "plus": "h = h_prev + W @ x",
    "plus a parameter": "h = W @ x + h_prev + b",
    "plus a number": "h = W @ x + h_prev + 3",
    "plus itself": "h = h_prev + h_prev + W @ x",
    "minus": "h = h_prev - W @ x",
    "number minus": "h = 1 - h_prev + W @ x",
    "minus a number": "h = h_prev - 0.5 + W @ x",
    "times": "h = h_prev * (W @ x)",
    "times itself": "h = h_prev * h_prev + W @ x",
    "times a parameter": "h = b * h_prev + W @ x",
    "times a number": "h = 0.5 * h_prev + (W @ x) * 2",
    "divided": "h = (W @ x) / (2 + h_prev ** 2)",
    "divided by a number": "h = h_prev / 4 + W @ x",
    "number divided": "h = 1 / (2 + h_prev ** 2) + W @ x",
    "negated": "h = -h_prev + -(W @ x)",
    "power 2": "h = h_prev ** 2 + W @ x",
    "power 3": "h = (h_prev + W @ x) ** 3",
    "power 9": "h = tanh(h_prev + W @ x) ** 9",
    "sigmoid": "h = sigmoid(h_prev + W @ x)",
    "tanh": "h = tanh(h_prev + W @ x)",
    "relu": "h = relu(h_prev + W @ x + b)",
    "exp": "h = exp(tanh(h_prev)) + W @ x",
    "log": "h = log(2 + h_prev ** 2) + W @ x",
    "softmax": "h = softmax(h_prev + W @ x)",
    "softmax used as a gate": "a = softmax(U @ h_prev + b)\nh = a * (W @ x) + (1 - a) * h_prev",
    "a line that no input reaches": "q = exp(b)\nh = q * h_prev + W @ x",
    "a matrix times what no input reaches": "h = U @ tanh(b) + U @ h_prev + W @ x",
    "a line that nothing uses": "q = tanh(h_prev) * b\nh = h_prev + W @ x",
    "a line used often": "q = tanh(W @ x + h_prev)\nh = q + q * q + q * h_prev",
    "a line that is another line": "q = W @ x + h_prev\nh = q",
    "both the new and the old state": "h = tanh(W @ [h_prev, x])\nq = (h - h_prev) ** 2",
    "two states, one feeding the other": "c = 0.5 * c_prev + h_prev * (W @ x)\nh = tanh(c) + b",
    "two states, crossed": "c = tanh(h_prev + W @ x)\nh = sigmoid(c_prev + U @ x)",
    "a line that is a number": "k = 0.5\nh = k * h_prev + W @ x",
    "lines named like gradients": "dh = tanh(W @ x + h_prev)\na_h = dh * h_prev\nh = tanh(dh - a_h * b)",
    "parameters named like gradients": "h = tanh(W @ x + dx * h_prev) * db + dh_out * dh_next",
    "a line and its gradient's name": "q = W @ x + h_prev\ndq = q * q\nh = tanh(dq) * q",
    "a softmax beside products": "h = tanh(-softmax(h_prev) + h_prev * (U @ h_prev) + W @ x)",
    "a joined vector with a name": "z = [x, h_prev]\nh = tanh(W @ z)",
    "two states that are equal": "c = tanh(b) + 0 * c_prev\ns = tanh(b) + 0 * s_prev\nh = c_prev * s_prev + W @ x",
    "two states that only wait": "c = h_prev\ns = h_prev\nh = tanh(W @ [x, c_prev]) + s_prev",
    "two gradients that are equal": "h = W @ x\nc = tanh(U @ x)\nq = h_prev + c_prev + b",
    "a value shared by three products": "p = tanh(W @ x)\nq = sigmoid(U @ x)\nh = p * b + q * b + q * q * b + h_prev",
    "a parameter in a joined vector": "q = [x, b]\nh = tanh(W @ q + h_prev) + b",
    "a matrix times a parameter": "h = tanh(W @ b + U @ x + h_prev) + b",
    "a name like a temporary's": "a_h = W @ x\nh = tanh(2 * a_h + U @ h_prev)",
    "brackets and precedence": "h = -(h_prev - b) ** 2 - (W @ x - (b - h_prev)) / 2 * 3",
}


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=8)
@given(size=small_sizes, seed=seeds)
def test_operation(name: str, size: Size, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = rt.parse_cell(OPERATIONS[name])
    assert_gradients_match(cell, with_states(random_inputs(cell, size, rng), cell, size, rng), rng)


@settings(max_examples=8)
@given(size=small_sizes, seed=seeds)
def test_input_without_a_matrix(size: Size, seed: int) -> None:
    """x may meet a state directly where the two have the same size."""
    rng = np.random.default_rng(seed)
    cell = rt.parse_cell("h = tanh(h_prev * x + b)")
    size = size._replace(input=size.hidden)
    assert_gradients_match(cell, with_states(random_inputs(cell, size, rng), cell, size, rng), rng)


def test_program_without_a_state() -> None:
    """Nothing is carried through time, so the size of h has to be named when the parameters are made."""
    rng = np.random.default_rng(7)
    cell = rt.parse_cell("h = tanh(W @ x + b)")
    assert tuple(cell.states) == ()
    params = normal_params(rng, cell.param_shapes(hidden=3, input=2, h=3))
    assert_gradients_match(cell, Inputs(params, rng.standard_normal((3, 2, 2)), {}, {}), rng)


FORWARD = {
    "h = relu(h_prev) + x": lambda h, x: np.maximum(h, 0) + x,
    "h = -h_prev ** 2 + x": lambda h, x: -(h**2) + x,
    "h = h_prev - x - 1": lambda h, x: h - x - 1,
    "h = h_prev / (x * x + 1) / 2": lambda h, x: h / (x * x + 1) / 2,
    "h = 2 - -h_prev * x": lambda h, x: 2 + h * x,
    "h = exp(-x) + log(1 + h_prev ** 2)": lambda h, x: np.exp(-x) + np.log(1 + h**2),
    "h = (h_prev + x) ** 3": lambda h, x: (h + x) * (h + x) * (h + x),
    "h = softmax(h_prev) + x": lambda h, x: np.exp(h) / np.exp(h).sum(axis=-1, keepdims=True) + x,
    "h = sigmoid(h_prev) + tanh(x)": lambda h, x: 1 / (1 + np.exp(-h)) + np.tanh(x),
}


@pytest.mark.parametrize("text", FORWARD)
def test_value_of_an_operation(text: str) -> None:
    """Differences judge derivatives, not values: what an operation means is said here, by NumPy."""
    rng = np.random.default_rng(5)
    x, h = rng.standard_normal((3, 2, 4)), rng.standard_normal((2, 4))
    run = rt.run(rt.parse_cell(text), {}, x, init={"h": h})
    for t in range(3):
        h = FORWARD[text](h, x[t])
        assert_close(run["h"][t], h, f"h at t={t}")


# Random compositions ----------------------------------------------------------------------------------------

# {0} and {1} are smaller expressions. All of it stays smooth and of moderate size for any argument.
BINARY = ["({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / (2 + {1} ** 2))"]
UNARY = [
    "(-{0})",
    "tanh({0})",
    "sigmoid({0})",
    "softmax({0})",
    "exp(tanh({0}))",
    "log(2 + ({0}) ** 2)",
    "(tanh({0}) ** 3)",
    "(1 - {0})",
    "(0.5 * {0})",
]
LONGEST = 400  # characters that a line may have
LEAVES = [
    "h_prev",
    "c_prev",
    "b",
    "(W @ x)",
    "(W @ x)",
    "(U @ h_prev)",
    "(V @ [c_prev, x])",
    "relu(W @ x + d)",
]


@st.composite
def expressions(draw: st.DrawFn, names: tuple[str, ...], depth: int = 3) -> str:
    """An expression of the cell's size over states, parameters, x, and the lines before it."""
    kind = draw(st.sampled_from(["leaf", "unary", "binary", "matrix"])) if depth else "leaf"
    if kind == "leaf":
        return draw(st.sampled_from([*LEAVES, *names]))
    smaller = expressions(names, depth - 1)
    if kind == "unary":
        return draw(st.sampled_from(UNARY)).format(draw(smaller))
    if kind == "matrix":
        return f"(U @ tanh({draw(smaller)}))"
    return draw(st.sampled_from(BINARY)).format(draw(smaller), draw(smaller))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Two helper lines and two states, each free to use what came before it."""
    p = draw(expressions(()))
    q = draw(expressions(("p",)))
    c = draw(expressions(("p", "q")))
    h = draw(expressions(("p", "q", "c")))
    # The last terms make sure that every name is used and every size is known, whatever was drawn.
    lines = [
        f"p = tanh({p} + b * h_prev)",
        f"q = {q} + U @ h_prev",
        f"c = tanh({c} + c_prev + W @ x)",
        f"h = tanh({h} + h_prev * q + c)",
    ]
    assume(max(map(len, lines)) <= LONGEST)
    return "\n".join(lines)


TWICE = """p = tanh(h_prev + b * h_prev)
q = h_prev + U @ h_prev
c = tanh(h_prev + c_prev + W @ x)
h = tanh((b + b) + h_prev * q + c)"""


@settings(max_examples=60)
@given(text=programs(), size=small_sizes, seed=seeds)
@example(text=TWICE, size=Size(1, 1, 1, 1), seed=0)  # two sums of one gradient, which also meets a product
def test_random_composition(text: str, size: Size, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = rt.parse_cell(text)
    assert_gradients_match(cell, with_states(random_inputs(cell, size, rng), cell, size, rng), rng)


# Readout and init -------------------------------------------------------------------------------------------


def readout_case(text: str, size: Size, classes: int, rng: np.random.Generator) -> tuple[Any, Inputs]:
    """A program with a readout, and inputs for it."""
    cell = rt.parse_cell(text)
    target = one_hot(rng, size.steps, size.batch, classes)
    return cell, with_states(random_inputs(cell, size, rng, target=target), cell, size, rng)


@pytest.mark.parametrize("name", CELL_NAMES)
@settings(max_examples=5)
@given(size=small_sizes, classes=st.integers(1, 4), seed=seeds)
def test_readout(name: str, size: Size, classes: int, seed: int) -> None:
    """Every line seeded at once, probabilities too. Targets are labels: no gradient is asked of them."""
    rng = np.random.default_rng(seed)
    cell, inputs = readout_case(program(step=TEXT[name], readout=READOUT), size, classes, rng)
    assert_gradients_match(cell, inputs, rng, skip=("target",))


def test_cross_entropy_is_of_a_softmax() -> None:
    """Anything else would need log 0, and is refused with the line and what would be right."""
    text = program(step=TEXT["rnn"], readout=["p = sigmoid(W_y @ h)", "loss = cross_entropy(p, target)"])
    with pytest.raises(rt.EquationError, match="softmax"):
        rt.parse_cell(text)


READOUTS = {
    "from state and input": ["y = W_y @ [h, x] + b_y", *READOUT[1:]],
    "from the old state too": ["y = W_y @ [h, h_prev] + b_y", *READOUT[1:]],
    "with a hidden layer": ["k = tanh(U_y @ h)", "y = W_y @ (k + h) + b_y", *READOUT[1:]],
    "softmax written inside": ["y = W_y @ h + b_y", "loss = cross_entropy(softmax(y), target)"],
    "scaled loss": [*READOUT[:2], "loss = 0.5 * cross_entropy(p, target)"],
    "probabilities used again": [*READOUT, "e = p - target"],
}


@pytest.mark.parametrize("name", READOUTS)
@settings(max_examples=5)
@given(size=small_sizes, classes=st.integers(1, 4), seed=seeds)
def test_other_readouts(name: str, size: Size, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell, inputs = readout_case(program(step=TEXT["rnn"], readout=READOUTS[name]), size, classes, rng)
    assert_gradients_match(cell, inputs, rng, skip=("target",))


@settings(max_examples=10)
@given(size=small_sizes, classes=st.integers(1, 4), seed=seeds)
def test_backward_without_seeds_is_the_gradient_of_the_summed_loss(
    size: Size, classes: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cell, inputs = readout_case(program(step=TEXT["lstm"], readout=READOUT), size, classes, rng)
    grads = inputs.run(cell).backward()
    for name, array in inputs.params.items():
        numeric = numeric_gradient(lambda: float(inputs.run(cell)["loss"].sum()), array)
        assert_matches_differences(grads[name], numeric, name)


INITS = {
    "linear": (["h = W_v @ v + b_v"], TEXT["rnn"]),
    "squashed": (["h = tanh(W_v @ v + b_v)"], TEXT["gru"]),
    "both states": (["h = tanh(W_v @ v)", "c = W_k @ v + b_v"], TEXT["lstm"]),
    "one state from the other": (["h = tanh(W_v @ v)", "c = h * b_v"], TEXT["lstm"]),
    "a helper line": (["k = tanh(W_v @ v)", "h = k * k + b_v"], TEXT["rnn"]),
}


@pytest.mark.parametrize("name", INITS)
@settings(max_examples=8)
@given(size=small_sizes, features=st.integers(1, 4), seed=seeds)
def test_init_section(name: str, size: Size, features: int, seed: int) -> None:
    """Gradients reach the picture and the weights that read it."""
    rng = np.random.default_rng(seed)
    init, step = INITS[name]
    cell = rt.parse_cell(program(init=init, step=step, readout=["y = W_y @ h", "p = softmax(y)", READOUT[2]]))
    picture = rng.standard_normal((size.batch, features))
    inputs = random_inputs(cell, size, rng, v=picture, target=one_hot(rng, size.steps, size.batch, 3))
    grads = inputs.run(cell).backward()
    for key, array in (inputs.params | {"x": inputs.x, "v": picture}).items():
        numeric = numeric_gradient(lambda: float(inputs.run(cell)["loss"].sum()), array)
        assert_matches_differences(grads[key], numeric, key)
