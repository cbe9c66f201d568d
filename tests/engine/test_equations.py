"""Text that is not a cell: one short message that says where, quickly, and nothing is ever run."""

import time

import pytest

import rnntutor as rt

# What is wrong -> (text, the line it is in). Line 1 is always a good one.
GOOD = "g = tanh(W @ [h_prev, x] + b)\n"
WRONG = {
    "attribute": "h = g.shape",
    "dunder": "h = g.__class__.__bases__",
    "import": "h = __import__('os').system('true')",
    "call of a method": "h = g.sum()",
    "unknown function": "h = tahn(g)",
    "call of a call": "h = tanh(g)(g)",
    "keyword": "h = tanh(a=g)",
    "star": "h = tanh(*g)",
    "too many operands": "h = tanh(g, g)",
    "lambda": "h = (lambda: g)()",
    "comprehension": "h = [k for k in g]",
    "index": "h = g[0]",
    "comparison": "h = g > 0",
    "condition": "h = g if g else x",
    "walrus": "h = (q := g)",
    "text": "h = 'g'",
    "f-string": "h = f'{g}'",
    "complex number": "h = 2j * g",
    "true": "h = True * g",
    "power of a value": "h = g ** g",
    "fraction as a power": "h = g ** 0.5",
    "huge power": "h = g ** 999999999",
    "floor division": "h = g // 2",
    "unclosed bracket": "h = (g + x",
    "nothing on the right": "h =",
    "no equation": "tanh(g)",
    "two names": "h = q = g",
    "assigned twice": "g = tanh(x)\nh = g",
    "used too early": "h = late + g\nlate = g * g",
    "a state that nothing assigns": "h = g + q_prev",
    "not ASCII": "h = σ(g)",
    "brackets too deep": f"h = {'(' * 100}g{')' * 100}",
    "signs without end": f"h = {'-' * 300}g",
    "a sum too long": "h = " + "+".join(["g"] * 199),
    "a matrix used as a vector": "h = g + W",
    "a vector used as a matrix": "h = (2 * g) @ g",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_text(name: str) -> None:
    """The message names the line, shows it with a caret under the place, and stays short."""
    start = time.perf_counter()
    with pytest.raises(rt.EquationError) as caught:
        rt.parse_cell(GOOD + WRONG[name])
    assert time.perf_counter() - start < 0.5
    message = str(caught.value)
    assert "line 2" in message
    assert message.count("\n") <= 4
    assert len(message) < 1200
    assert any(line.lstrip().startswith("^") for line in message.splitlines())


LARGE = {
    "a megabyte": "h = tanh(W @ x)\n" * 65_000,
    "a megabyte in one line": "h = " + "x" * 1_000_000,
    "ten thousand brackets": f"h = {'(' * 10_000}x{')' * 10_000}",
    "brackets in a megabyte": "(" * 1_000_000,
    "many lines": "\n".join(f"q{k} = x" for k in range(1000)),
    "nothing": "",
    "comments alone": "# h = x\n" * 3,
    "an empty section": "step:\n",
    "unknown section": "loop:\n    h = x",
    "a null character": "h = x\0",
}


@pytest.mark.parametrize("name", LARGE)
def test_wrong_files(name: str) -> None:
    """Refused before anything of it is parsed, in milliseconds and a few words."""
    start = time.perf_counter()
    with pytest.raises(rt.EquationError) as caught:
        rt.parse_cell(LARGE[name])
    assert time.perf_counter() - start < 0.5
    assert len(str(caught.value)) < 1200


def test_sizes_that_disagree_name_the_equation() -> None:
    """Found before anything runs: here the state is as long as the input, and both were given."""
    cell = rt.parse_cell("q = h_prev + x\nh = tanh(q)")
    with pytest.raises(ValueError, match="line 1"):
        cell.param_shapes(hidden=3, input=4)
