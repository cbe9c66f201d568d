"""Scripts that are written out: alone with NumPy they compute what the engine computes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.ops import OPS
from rnntutor.engine.run import Run
from rnntutor.engine.script import CALLS, script_of, seeds_of
from tests.cases import PICTURE, READOUT, TEXT, normal_params, program

ASK = """
tape = forward(**found)
seeds = {k: np.array(v) for k, v in SEEDS.items()}
grads, back = backward(found["params"], found["inputs"], tape, seeds, found["init"])
told = lambda d: {k: v.tolist() for k, v in d.items()}
print("TOLD" + __import__("json").dumps([told(grads), [told(k) for k in tape], [told(k) for k in back]]))
"""
TRICKY = program(
    step=[
        "np = tanh(W @ [step_prev, x] + b)",
        "step = np * (1 - np) * 0.123456789012345 - (-np) / (2 + exp(np))",
        "dstep = step * (W_d @ step)",
        "h = dstep * (step * np) + relu(np)**2",
    ]
)
TEXTS = {
    **{name: program(step=lines) for name, lines in TEXT.items()},
    **{f"{name}, with readout": program(step=lines, readout=READOUT) for name, lines in TEXT.items()},
    **{f"{name}, with a picture": program(init=PICTURE, step=TEXT[name], readout=READOUT) for name in ("rnn", "lstm")},
    "names that are taken": TRICKY,
}


def a_run(cell: rt.Cell, init: bool = False) -> Run:
    """A run over random numbers, three timesteps of a batch of two."""
    rng = np.random.default_rng(3)
    more = {"target": 5} if cell.compares else {}
    more |= {"v": 7} if cell.init else {}
    params = normal_params(rng, cell.param_shapes(4, 5, **more))
    data = {"target": np.eye(5)[rng.integers(5, size=(3, 2))]} if cell.compares else {}
    data |= {"v": rng.standard_normal((2, 7))} if cell.init else {}
    first = {name: rng.standard_normal((2, 4)) for name in cell.states} if init else {}
    return rt.run(cell, params, rng.standard_normal((3, 2, 5)), first, **data)


def check(run: Run, tmp_path: Path) -> None:
    """The script, run by itself, says what the engine says."""
    rng, names = np.random.default_rng(4), seeds_of(run.cell)
    seeds = {name: rng.standard_normal(run[name].shape) for name in names}
    grads = run.backward(seeds or None)
    path = tmp_path / "cell.py"
    asked = f"SEEDS = { {k: v.tolist() for k, v in seeds.items()}!r}\n" + ASK
    path.write_text(script_of(run) + "\n" + "".join(f"    {k}\n" for k in asked.splitlines() if k), encoding="utf-8")
    ran = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=False)
    assert not ran.stderr, ran.stderr
    totals, tape, back = json.loads(ran.stdout.partition("TOLD")[2])
    for name, total in totals.items():
        np.testing.assert_allclose(total, grads[name], rtol=1e-12, atol=1e-12, err_msg=name)
    for t in range(run.steps):
        for name, value in tape[t].items():
            agree(np.array(value).T, run[name][t], name)
        for line in grads.program.lines:
            if line.kind == "value":
                wanted = grads.at(t).value(line.place)
                got = np.array(back[t][line.name]).T
                agree(got, wanted, line.name)


def agree(got: np.ndarray, wanted: np.ndarray, name: str) -> None:
    """Compare (batch, features), where what is no data may have one row for all."""
    rows = wanted[:, None] if wanted.ndim == 1 else wanted
    np.testing.assert_allclose(np.broadcast_to(got, rows.shape), rows, rtol=1e-12, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_computes_what_the_engine_computes(text: str, tmp_path: Path) -> None:
    check(a_run(rt.parse_cell(text)), tmp_path)


@pytest.mark.parametrize("name", rt.shipped_cells())
def test_every_shipped_cell_in_layers(name: str, tmp_path: Path) -> None:
    from rnntutor.engine.stack import stacked

    check(a_run(stacked(rt.load_cell(name), 2)), tmp_path)


def test_states_that_are_given_get_no_gradient_through_the_start(tmp_path: Path) -> None:
    check(a_run(rt.parse_cell(TEXTS["lstm, with a picture"]), init=True), tmp_path)


def test_it_imports_numpy_alone() -> None:
    text = script_of(a_run(rt.load_cell("lstm")))
    assert [line for line in text.splitlines() if line.startswith(("import", "from"))] == ["import numpy as np"]
    assert "    c = f * c_prev + i * g  # cell state" in text
    assert "    dc = dc_next + dh * o * (1 - np.tanh(c)**2)" in text


def test_every_operation_can_be_written() -> None:
    infix = {name for name, op in OPS.items() if len(op.vjp) == 2 and name != "concat"}
    assert set(OPS) == {*CALLS, *infix, "concat", "part", "neg", "pow", "transpose", "copy"}
