"""The oracle itself: against finite differences of its own forward pass, and against PyTorch.

What judges the engine has to be judged by something else first.
"""

from pathlib import Path

import numpy as np
import pytest

from rnntutor import shipped_cells
from tests import oracle, oracle_pieces, oracle_variants
from tests.cases import (
    CELL_NAMES,
    SIZES,
    Problem,
    Size,
    assert_close,
    assert_matches_differences,
    normal_params,
    numeric_gradient,
    one_hot,
    problem,
)
from tests.frozen.make import FILE, load
from tests.frozen.torch_layers import LAYERS, Record, outside_gradients, record, unpack

SMALL = [size for size in SIZES if size.hidden < 16]


def weighted_sum(values: oracle.Values, seeds: oracle.Values) -> float:
    """The loss whose gradient by each line is its seed."""
    return sum(float((seeds[name] * values[name]).sum()) for name in seeds)


def assert_oracle_matches_differences(case: Problem, target: oracle.Array | None = None) -> None:
    """Every gradient of the oracle that an argument of its forward pass has."""

    def loss() -> float:
        return weighted_sum(oracle.forward(case.cell, case.params, case.x, case.init, target), case.seeds)

    values = oracle.forward(case.cell, case.params, case.x, case.init, target)
    grads = oracle.backward(case.cell, case.params, case.x, case.init, values, case.seeds, target)
    assert_matches_differences(grads.x, numeric_gradient(loss, case.x), "x")
    for name in case.params:
        assert_matches_differences(grads.params[name], numeric_gradient(loss, case.params[name]), name)
    for name in case.init:
        assert_matches_differences(
            grads.init[name], numeric_gradient(loss, case.init[name]), f"{name} before t=0"
        )


def test_the_oracle_does_not_use_the_package() -> None:
    """A second opinion that calls the first one is none."""
    for module in (oracle, oracle_variants, oracle_pieces):
        text = Path(str(module.__file__)).read_text()
        assert not [line for line in text.splitlines() if "import" in line and "rnntutor" in line]


def test_every_shipped_cell_has_a_second_opinion() -> None:
    """So no cell can come along that is compared with nothing."""
    assert list(CELL_NAMES) == sorted(oracle.CELLS) == list(shipped_cells())


@pytest.mark.parametrize("size", SMALL, ids=str)
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_gradients_match_finite_differences(cell: str, size: Size) -> None:
    assert_oracle_matches_differences(problem(cell, size))


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_readout_matches_finite_differences(cell: str) -> None:
    """With seeds on the loss, on p and on y at once."""
    size, classes = Size(3, 2, 3, 2), 4
    rng = np.random.default_rng(1)
    case = problem(cell, size)
    case.params.update(normal_params(rng, {"W_y": (classes, size.hidden), "b_y": (classes,)}))
    case.seeds.update({name: rng.standard_normal((size.steps, size.batch, classes)) for name in ("y", "p")})
    case.seeds["loss"] = rng.standard_normal((size.steps, size.batch))
    assert_oracle_matches_differences(case, one_hot(rng, size.steps, size.batch, classes))


@pytest.mark.parametrize("line", ["i", "f", "o", "g", "c", "h"])
def test_gradients_of_lines_match_finite_differences(line: str) -> None:
    """A line's gradient, by changing that line of the LSTM at one timestep and continuing from there."""
    case = problem("lstm", Size(3, 2, 3, 2))
    values = oracle.forward("lstm", case.params, case.x, case.init)
    grads = oracle.backward("lstm", case.params, case.x, case.init, values, case.seeds)
    now = {name: values[name][1] for name in values}
    c_prev = values["c"][0]

    def loss() -> float:
        c = now["f"] * c_prev + now["i"] * now["g"] if line in "ifg" else now["c"]
        h = now["o"] * np.tanh(c) if line != "h" else now["h"]
        rest = oracle.forward("lstm", case.params, case.x[2:], {"c": c, "h": h})
        here = now | {"c": c, "h": h}
        return weighted_sum(here, {k: s[1] for k, s in case.seeds.items()}) + weighted_sum(
            rest, {k: s[2:] for k, s in case.seeds.items()}
        )

    assert_matches_differences(grads.lines[line][1], numeric_gradient(loss, now[line]), line)


def test_picture_matches_finite_differences() -> None:
    rng = np.random.default_rng(2)
    params = normal_params(rng, {"W_v": (3, 5), "b_v": (3,)})
    v, dh0 = rng.standard_normal((2, 5)), rng.standard_normal((2, 3))
    grads = oracle.picture_backward(params, v, dh0)
    for name, array in (params | {"v": v}).items():
        numeric = numeric_gradient(lambda: float((dh0 * oracle.picture_forward(params, v)).sum()), array)
        assert_matches_differences(grads[name], numeric, name)


@pytest.mark.parametrize("window", [1, 2, 3, 5, 6, 9])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_a_window_is_runs_of_chunks(cell: str, window: int) -> None:
    """Truncation at k, 2k, ... gives what separate runs of the chunks give, from constant states."""
    case = problem(cell, Size(3, 2, 6, 2))
    values = oracle.forward(cell, case.params, case.x, case.init)
    whole = oracle.backward(cell, case.params, case.x, case.init, values, case.seeds, window=window)
    states = oracle.CELLS[cell].states
    total = {name: np.zeros_like(p) for name, p in case.params.items()}
    for start in range(0, 6, window):
        part = slice(start, start + window)
        before = {s: values[s][start - 1] for s in states} if start else case.init
        chunk = {name: v[part] for name, v in values.items()}
        seeds = {name: s[part] for name, s in case.seeds.items()}
        grads = oracle.backward(cell, case.params, case.x[part], before, chunk, seeds)
        assert_close(whole.x[part], grads.x, "x")
        total = {name: total[name] + grads.params[name] for name in total}
    for name in total:
        assert_close(whole.params[name], total[name], name)


def assert_oracle_matches_torch(figures: Record) -> None:
    """The oracle's outputs and gradients against a record of PyTorch's."""
    cell, params = figures["cell"], unpack(figures["cell"], figures["weights"])
    values = oracle.forward(cell, params, figures["x"], figures["init"])
    seeds = outside_gradients(figures)
    grads = oracle.backward(cell, params, figures["x"], figures["init"], values, seeds)
    assert_close(values["h"], figures["h"], "h")
    assert_close(grads.x, figures["x_gradient"], "x")
    for name, gradient in unpack(cell, figures["weight_gradients"], gradient=True).items():
        assert_close(grads.params[name], gradient, name)
    for name, gradient in figures["init_gradients"].items():
        assert_close(grads.init[name], gradient, f"{name} before t=0")


@pytest.mark.parametrize("figures", load(), ids=lambda figures: f"{figures['cell']}-{figures['x'].shape}")
def test_oracle_matches_frozen_torch(figures: Record) -> None:
    assert_oracle_matches_torch(figures)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("cell", LAYERS)
def test_oracle_matches_torch(cell: str, size: Size) -> None:
    pytest.importorskip("torch")
    assert_oracle_matches_torch(record(cell, *size, seed=3))


def test_readout_matches_torch() -> None:
    """Loss and dL/dy of the readout against PyTorch's own cross-entropy."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(4)
    params = normal_params(rng, {"W_y": (5, 3), "b_y": (5,)})
    h, target = rng.standard_normal((4, 3)), one_hot(rng, 1, 4, 5)[0]
    now = oracle.readout_forward(params, h, target)
    y = torch.tensor(now["y"], requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y, torch.tensor(target.argmax(axis=1)), reduction="none")
    loss.sum().backward()
    zeros = {"y": np.zeros_like(now["y"]), "p": np.zeros_like(now["p"]), "loss": np.ones(4)}
    lines, _, _ = oracle.readout_backward(params, h, target, now, zeros)
    assert_close(now["loss"], loss.detach().numpy(), "loss")
    assert_close(lines["y"], y.grad.numpy(), "y")


def test_the_frozen_file_is_small() -> None:
    """It is read by people and kept in version control."""
    assert FILE.stat().st_size < 60_000
