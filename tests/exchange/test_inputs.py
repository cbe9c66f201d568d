"""What a model reads: symbols, numbers, files; and vocabularies."""

import io
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.exchange import inputs
from rnntutor.exchange.inputs import encoded, numbered_tokens, of_numbers, of_symbols
from rnntutor.exchange.vocabulary import vocabulary

LETTERS = ("a", "b", " ", "\n")


@given(st.lists(st.integers(0, 3), min_size=2, max_size=9))
def test_characters(codes: list[int]) -> None:
    assert encoded("".join(LETTERS[k] for k in codes), LETTERS) == codes
    reading = of_symbols(codes, LETTERS, predicts=True)
    assert reading.target is not None
    assert reading.x[:, 0].argmax(-1).tolist() == codes[:-1]
    assert reading.target[:, 0].argmax(-1).tolist() == codes[1:]
    assert len(reading.reads) == len(reading.wants) == len(codes) - 1


@pytest.mark.parametrize(
    ("text", "symbols", "codes"),
    [
        ("the cat", ("cat", "the"), [1, 0]),
        ("  the\ncat ", ("cat", "the"), [1, 0]),
        ("thecat", ("cat", "the", "t"), [1, 0]),
        ("ab<end>", ("<end>", "a", "b", "<"), [1, 2, 0]),
        ("a b", ("a", "b"), [0, 1]),
        ("a b", ("a", "b", " "), [0, 2, 1]),
        (".*", (".", "*"), [0, 1]),
    ],
)
def test_longer_symbols(text: str, symbols: tuple[str, ...], codes: list[int]) -> None:
    assert encoded(text, symbols) == codes


def test_what_is_not_known() -> None:
    with pytest.raises(ValueError, match="the model does not know 'z'; it knows 'a', 'b'"):
        encoded("abz", ("a", "b"))
    with pytest.raises(ValueError, match=r"does not know '\\n'"):
        encoded("a\n", ("a", " "))
    with pytest.raises(ValueError, match="and 70 more"):
        encoded("z", tuple(map(str, range(100))))


def test_numbers_of_symbols() -> None:
    assert numbered_tokens("3, 1 0", 4) == [3, 1, 0]
    for wrong in ("4", "-1", "1.0", "a", "9" * 30, "\u0661"):
        with pytest.raises(ValueError, match="tokens: whole numbers from 0 to 3 are wanted, not"):
            numbered_tokens(wrong, 4)


def test_too_few_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="at least 2 symbols"):
        of_symbols([1], LETTERS, predicts=True)
    with pytest.raises(ValueError, match="at least one symbol"):
        of_symbols([], LETTERS, predicts=False)
    assert of_symbols([1], LETTERS, predicts=False).reads == ("b",)
    monkeypatch.setattr(inputs, "MOST", 11)
    with pytest.raises(ValueError, match="3 symbols of 4 are too many"):
        of_symbols([1, 2, 3], LETTERS, predicts=True)


# Sequences of numbers.


def test_numbers_from_files(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(5, 3))
    np.save(tmp_path / "a.npy", values)
    np.savetxt(tmp_path / "a.csv", values, delimiter=",", fmt="%.17g")
    for name in ("a.npy", "a.csv"):
        np.testing.assert_array_equal(of_numbers(tmp_path / name, 3).x[:, 0], values)
    np.save(tmp_path / "b.npy", np.arange(4))
    assert of_numbers(tmp_path / "b.npy", 1).x.tolist() == [[[0]], [[1]], [[2]], [[3]]]
    (tmp_path / "c.csv").write_text("nan,1\n\ninf,-2\n")
    np.testing.assert_array_equal(of_numbers(tmp_path / "c.csv", 2).x[:, 0], [[np.nan, 1], [np.inf, -2]])


def saved(array: object) -> bytes:
    """The bytes of a .npy file."""
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def zipped() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, a=np.ones((2, 2)))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.npy", b"", "a .npy array of real numbers"),
        ("a.npy", saved(np.ones((3, 2)))[:-1], "a .npy array of real numbers"),
        ("a.npy", pickle.dumps([1, 2]), "a .npy array of real numbers"),
        ("a.npy", saved(np.array([None, 1])), "a .npy array of real numbers"),
        ("a.npy", zipped(), "a .npy array of real numbers"),
        ("a.npy", saved(np.array(["a"])), "a .npy array of real numbers"),
        ("a.npy", saved(np.array([1j])), "a .npy array of real numbers"),
        ("a.npy", saved(np.ones((3, 5))), r"its shape is \(3, 5\); wanted is \(timesteps, 2\)"),
        ("a.npy", saved(np.ones((0, 2))), r"its shape is \(0, 2\)"),
        ("a.npy", saved(np.ones((2, 2, 2))), r"its shape is \(2, 2, 2\)"),
        ("a.npy", saved(np.ones(())), r"its shape is \(\)"),
        ("a.csv", b"", r"its shape is \(0, 0\)"),
        ("a.csv", b"1,2\n1,x\n", "line 2: numbers parted by commas"),
        ("a.csv", b"1,2\n1\n", "line 2 has 1 numbers; the first has 2"),
        ("a.csv", b"\xff", "not UTF-8"),
        ("a.txt", b"1,2", "a .npy array of real numbers, or a .csv"),
    ],
    ids=lambda value: "data" if isinstance(value, bytes) else None,
)
def test_files_that_are_no_sequence(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=said) as error:
        of_numbers(tmp_path / name, 2)
    assert str(error.value).startswith(str(tmp_path / name))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["a.npy", "a.csv"])
def test_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: "):
        of_numbers(tmp_path / name, 2)


# Vocabularies.


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("v.json", json.dumps(["a", " ", "<end>"])),
        ("v.json", json.dumps({"<end>": 2, "a": 0, " ": 1})),
        ("v.txt", "a\n \n<end>\n"),
        ("v.txt", "a\n \n<end>"),
    ],
)
def test_vocabularies(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert vocabulary(tmp_path / name, 3) == ("a", " ", "<end>")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("v.json", "[", "not JSON"),
        ("v.json", "[" * 100_000, "not JSON"),
        ("v.json", "3", "a list of symbols"),
        ("v.json", '["a", "b", 1]', "a list of symbols"),
        ("v.json", '["a", "b", ""]', "a list of symbols"),
        ("v.json", '{"a": 0, "b": 1, "c": 3}', "should be 0 to 2"),
        ("v.json", '{"a": 0, "b": 1, "c": true}', "a list of symbols"),
        ("v.json", '["a", "b"]', "2 different symbols; the model reads 3"),
        ("v.json", '["a", "b", "b"]', "2 different symbols; the model reads 3"),
        ("v.txt", "a\n\nb", "a list of symbols"),
        ("none.txt", None, "there is no such file"),
    ],
)
def test_what_is_no_vocabulary(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=said) as error:
        vocabulary(tmp_path / name, 3)
    assert str(error.value).startswith(str(tmp_path / name))
