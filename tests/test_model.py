"""Model files: what is saved comes back, and a damaged file is one line, quickly, with nothing executed."""

import io
import json
import pickle
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rnntutor as rt
from rnntutor.model import FORMAT
from rnntutor.tensors import MAX_HEADER
from tests.cases import Array

TEXT = "h = tanh(W @ [h_prev, x] + b)  # hidden state\n"
CELL = rt.parse_cell(TEXT, "small")


def a_model() -> rt.Model:
    """Three units that read two symbols."""
    return rt.Model(CELL, rt.init_params(CELL, 3, 2, seed=1), ("a", "\n"), {"command": "by hand"})


def header(**changes: Any) -> dict[str, Any]:
    """The header of a good file, with changes; `None` leaves an entry out."""
    metadata = {"format": FORMAT, "title": "small", "cell": TEXT, "symbols": '["a", "b"]', "record": "{}"}
    good = {
        "W": {"dtype": "F64", "shape": [3, 5], "data_offsets": [0, 120]},
        "b": {"dtype": "F64", "shape": [3], "data_offsets": [120, 144]},
        "__metadata__": metadata | changes.pop("metadata", {}),
    }
    return {name: entry for name, entry in (good | changes).items() if entry is not None}


def packed(table: object, body: bytes = bytes(144)) -> bytes:
    """A file with this header."""
    text = table if isinstance(table, bytes) else json.dumps(table).encode()
    return struct.pack("<Q", len(text)) + text + body


def entry(shape: list[int], start: int, dtype: str = "F64", size: int = 8) -> dict[str, Any]:
    """One tensor of a header."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, start + size * int(np.prod(shape))]}


def a_zip() -> bytes:
    """What an archive of weights looks like."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps({"W": 1}))
    return stream.getvalue()


class Trap:
    """Unpickling this leaves a trace."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return _sprung, ("sprung",)


def _sprung(what: str) -> None:
    raise AssertionError(f"something was unpickled: {what}")


GOOD = packed(header())
# What is wrong -> (the file, words of the message).
DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a safetensors file"),
    "seven bytes": (GOOD[:7], "not a safetensors file"),
    "cut in the header": (GOOD[:100], "damaged"),
    "cut in the weights": (GOOD[:-1], "damaged"),
    "a byte too many": (GOOD + b"\0", "damaged"),
    "NUL": (bytes(len(GOOD)), "not a safetensors file"),
    "NUL after the length": (GOOD[:8] + bytes(len(GOOD) - 8), "damaged"),
    "header over its cap": (struct.pack("<Q", MAX_HEADER + 1) + b"{}", "not a safetensors file"),
    "header without end": (b"\xff" * 100, "not a safetensors file"),
    "header of another kind": (packed(b"[1, 2, 3]"), "damaged"),
    "header that is no text": (packed(b"\xff\xfe{}"), "damaged"),
    "header nested deep": (packed(b'{"a":' * 100_000), "damaged"),
    "header of a million names": (packed(b"{" + b'"a":0,' * 1_000_000 + b'"b":0}'), "damaged"),
    "offsets that overlap": (packed(header(b=entry([3], 100)), bytes(124)), "damaged"),
    "offsets with a gap": (packed(header(b=entry([3], 128)), bytes(152)), "damaged"),
    "offsets beyond the end": (packed(header(b=entry([3], 1 << 40))), "damaged"),
    "offsets backwards": (packed(header(b={**entry([3], 120), "data_offsets": [144, 120]})), "damaged"),
    "negative size": (packed(header(b={**entry([3], 120), "shape": [-3]})), "damaged"),
    "size that overflows": (packed(header(b={**entry([3], 120), "shape": [1 << 62, 1 << 62]})), "damaged"),
    "unknown dtype": (packed(header(b=entry([3], 120, "F77"))), "damaged"),
    "whole numbers": (packed(header(b=entry([3], 120, "I64"))), "'b' holds I64"),
    "a pickle": (pickle.dumps(Trap()), "not a safetensors file"),
    "a zip": (a_zip(), "not a safetensors file"),
    "another program's": (packed({"W": entry([3, 5], 0)}, bytes(120)), "not a model of rnntutor"),
    "a future format": (packed(header(metadata={"format": "rnntutor 2"})), "not a model of rnntutor"),
    "a missing tensor": (packed(header(b=None), bytes(120)), "b is missing"),
    "an extra tensor": (packed(header(q=entry([1], 144)), bytes(152)), "'q' is not in its equations"),
    "an escape sequence as a name": (
        packed(header(**{"\x1b[31mq": entry([1], 144)}), bytes(152)),
        r"'\x1b[31mq' is not",
    ),
    "a scalar for a vector": (packed(header(b=entry([], 120)), bytes(128)), "b"),
    "wrong rows": (packed(header(b=entry([4], 120)), bytes(152)), "b"),
    "wrong columns": (
        packed(header(W=entry([3, 4], 0), b=entry([3], 96)), bytes(120)),
        "line 1: sizes disagree",
    ),
    "columns for other symbols": (
        packed(header(metadata={"symbols": '["a", "b", "c"]'})),
        "line 1: sizes disagree",
    ),
    "no symbols": (packed(header(metadata={"symbols": "7"})), "symbols"),
    "a symbol twice": (packed(header(metadata={"symbols": '["a", "a"]'})), "symbols"),
    "a symbol that is no text": (packed(header(metadata={"symbols": '["a", 1]'})), "symbols"),
    "symbols that are no JSON": (packed(header(metadata={"symbols": "["})), "metadata"),
    "symbols nested deep": (packed(header(metadata={"symbols": "[" * 100_000})), "metadata"),
    "a record that is no table": (packed(header(metadata={"record": "[]"})), "record"),
    "an empty cell": (packed(header(metadata={"cell": ""})), "no equations"),
    "a hostile cell": (
        packed(header(metadata={"cell": "h = __import__('os').system('true')"})),
        "metadata cannot be read",
    ),
    "an endless cell": (packed(header(metadata={"cell": "h = x\n" * 100_000})), "at most"),
    "a cell of brackets": (packed(header(metadata={"cell": "h = " + "(" * 10_000})), "at most"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_one_line(name: str, tmp_path: Path) -> None:
    data, words = DAMAGED[name]
    path = tmp_path / "m.safetensors"
    path.write_bytes(data)
    start = time.perf_counter()
    with pytest.raises(rt.ModelError) as caught:
        rt.load_model(path)
    assert time.perf_counter() - start < 1
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert message.isprintable()
    assert len(message) < len(str(path)) + 500


def test_the_good_file_is_good(tmp_path: Path) -> None:
    """Otherwise the table above would prove nothing."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(GOOD)
    assert rt.load_model(path).symbols == ("a", "b")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path, Path("/dev/zero")):
        with pytest.raises(rt.ModelError, match=str(path)):
            rt.load_model(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """A file with a good header and a gigabyte of holes is refused within the memory of a small one."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(GOOD)
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    code = (
        "import resource, sys; from rnntutor.model import load_model, ModelError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: load_model(sys.argv[1])\n"
        "except ModelError: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 200 * 1024


def test_a_huge_file_of_another_program_is_not_read(tmp_path: Path) -> None:
    """Its header tells that it is none of ours; nothing else is read."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(packed({"W": entry([100_000_000], 0)}, b""))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + 800_000_000)
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(rt.ModelError, match="not a model of rnntutor"):
        rt.load_model(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1 << 20
    assert time.perf_counter() - start < 1


# What cannot be saved, since it could not be loaded -> (what is changed, words of the message).
UNSAVED: dict[str, tuple[dict[str, Any], str]] = {
    "whole numbers": ({"params": {"W": np.zeros((3, 5), int), "b": np.zeros(3)}}, "'W' holds int64"),
    "truth": ({"params": {"W": np.zeros((3, 5)), "b": np.zeros(3, bool)}}, "'b' holds bool"),
    "complex numbers": (
        {"params": {"W": np.zeros((3, 5), complex), "b": np.zeros(3)}},
        "'W' holds complex128",
    ),
    "a missing name": ({"params": {"W": np.zeros((3, 5))}}, "b is missing"),
    "an unknown name": (
        {"params": {"W": np.zeros((3, 5)), "b": np.zeros(3), "q": np.zeros(3)}},
        "'q' is not",
    ),
    "wrong rows": ({"params": {"W": np.zeros((3, 5)), "b": np.zeros(4)}}, "b has shape (4,)"),
    "other symbols": ({"symbols": ("a", "b", "c")}, "sizes disagree"),
    "a symbol twice": ({"symbols": ("a", "a")}, "symbols"),
    "a record that is no table": ({"record": ["by hand"]}, "record a table"),
    "a record of arrays": ({"record": {"loss": np.zeros(2)}}, "record"),
}


@pytest.mark.parametrize("name", UNSAVED)
def test_what_could_not_be_loaded_is_not_saved(name: str, tmp_path: Path) -> None:
    changes, words = UNSAVED[name]
    path = tmp_path / "m.safetensors"
    with pytest.raises(rt.ModelError) as caught:
        rt.save_model(path, replace(a_model(), **changes))
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert not list(tmp_path.iterdir())


def test_numbers_in_another_order_of_bytes(tmp_path: Path) -> None:
    """They are saved as they are, and stay as they were."""
    good = a_model()
    swapped = {name: p.astype(p.dtype.newbyteorder()) for name, p in good.params.items()}
    rt.save_model(tmp_path / "m", replace(good, params=swapped))
    for name, p in rt.load_model(tmp_path / "m").params.items():
        np.testing.assert_array_equal(p, good.params[name])
        np.testing.assert_array_equal(swapped[name], p)


@pytest.mark.parametrize("path", [None, 7, b"m"])
def test_a_path_is_a_text(path: Any) -> None:
    for call in (rt.load_model, lambda path: rt.save_model(path, a_model())):
        with pytest.raises(ValueError, match="path: "):
            call(path)


@st.composite
def models(draw: st.DrawFn) -> rt.Model:
    """Any weights, any symbols, any record."""
    symbols = draw(st.lists(st.characters(codec="utf-8"), min_size=1, max_size=4, unique=True))
    hidden, dtype = draw(st.integers(1, 4)), draw(st.sampled_from([np.float32, np.float64]))
    elements = st.floats(width=32 if dtype == np.float32 else 64)
    shapes = CELL.param_shapes(hidden, len(symbols))
    params = {name: draw(hnp.arrays(dtype, shape, elements=elements)) for name, shape in shapes.items()}
    record = draw(
        st.dictionaries(st.text(), st.none() | st.text() | st.integers(-(10**9), 10**9), max_size=3)
    )
    return rt.Model(CELL, params, tuple(symbols), record)


@given(model=models())
def test_what_is_saved_comes_back(model: rt.Model, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Bit by bit, NaN and signed zeros included."""
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    rt.save_model(path, model)
    back = rt.load_model(path)
    assert (back.cell.text, back.cell.title) == (model.cell.text, model.cell.title)
    assert (back.symbols, dict(back.record)) == (model.symbols, dict(model.record))
    assert list(back.params) == list(CELL.params)
    for name, p in model.params.items():
        assert back.params[name].dtype == p.dtype
        assert back.params[name].tobytes() == p.tobytes()


@pytest.mark.parametrize("name", rt.shipped_cells())
def test_every_shipped_cell(name: str, tmp_path: Path) -> None:
    cell = rt.load_cell(name)
    params = rt.init_params(cell, 4, 3, seed=2)
    rt.save_model(tmp_path / "m", rt.Model(cell, params))
    back = rt.load_model(tmp_path / "m")
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    np.testing.assert_array_equal(rt.run(back.cell, back.params, x)["h"], rt.run(cell, params, x)["h"])


def numbers_of_two_bytes(path: Path, dtype: str, bits: list[int]) -> Array:
    """The weights b, loaded from a file that holds them with these bits."""
    table = header(W=entry([3, 5], 0, dtype, 2), b=entry([3], 30, dtype, 2))
    path.write_bytes(packed(table, bytes(30) + np.array(bits, "<u2").tobytes()))
    return rt.load_model(path).params["b"]


def test_half_precision_is_widened_exactly(tmp_path: Path) -> None:
    """One, the smallest number above zero, and minus infinity."""
    b = numbers_of_two_bytes(tmp_path / "m", "F16", [0x3C00, 0x0001, 0xFC00])
    np.testing.assert_array_equal(b, np.array([1, 2.0**-24, -np.inf], np.float32))
    assert b.dtype == np.float32


def test_brain_floats_are_widened_exactly(tmp_path: Path) -> None:
    """Pi as far as eight bits tell it, the smallest number above zero, and the largest below infinity."""
    b = numbers_of_two_bytes(tmp_path / "m", "BF16", [0x4049, 0x0001, 0x7F7F])
    np.testing.assert_array_equal(b, np.array([3.140625, 2.0**-133, (2 - 2.0**-7) * 2.0**127], np.float32))


def test_mixed_precision(tmp_path: Path) -> None:
    table = header(b=entry([3], 120, "F32", 4))
    (tmp_path / "m").write_bytes(packed(table, bytes(132)))
    params = rt.load_model(tmp_path / "m").params
    assert [params[name].dtype for name in ("W", "b")] == [np.float64, np.float32]


def test_weights_may_be_changed_after_loading(tmp_path: Path) -> None:
    """They are arrays of their own, not views of the file."""
    rt.save_model(tmp_path / "m", a_model())
    params = rt.load_model(tmp_path / "m").params
    params["b"][0] = 7
    assert rt.load_model(tmp_path / "m").params["b"][0] == 0


def test_saving_replaces_at_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up in between leaves the old file and nothing else."""
    path = tmp_path / "m.safetensors"
    rt.save_model(path, a_model())
    kept = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    other = rt.Model(CELL, rt.init_params(CELL, 9, 2), ("a", "b"))
    with pytest.raises(OSError, match="No space"):
        rt.save_model(path, other)
    assert path.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [path]


def test_saving_over_a_model(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    for hidden in (3, 5):
        rt.save_model(path, rt.Model(CELL, rt.init_params(CELL, hidden, 2), ("a", "b")))
    assert rt.load_model(path).params["b"].shape == (5,)
    assert list(tmp_path.iterdir()) == [path]


def test_arrays_of_any_layout(tmp_path: Path) -> None:
    """Slices and transposed arrays are saved by what they show."""
    wide = np.arange(60.0).reshape(10, 6)
    params = {"W": wide[::2, ::2].T, "b": wide[0, ::2]}
    rt.save_model(tmp_path / "m", rt.Model(CELL, params, ("a", "b")))
    back = rt.load_model(tmp_path / "m").params
    for name, p in params.items():
        np.testing.assert_array_equal(back[name], p)
