"""The tasks: what is wanted is right, drawn data are what a task says, and small networks learn them."""

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.tasks import chars
from rnntutor.tasks.pairs import Pair
from rnntutor.tasks.sequences import (
    BITS,
    ELEMENTS,
    KEYS,
    LETTERS,
    LONGEST_BITS,
    LONGEST_COUNT,
    LONGEST_WAIT,
    LONGEST_WORD,
    STOP,
    TASKS,
    anbn,
    episode,
    find_task,
    parity,
    recall,
    reverse,
    spell,
    task_of,
)
from rnntutor.training import Settings, record_of, training
from tests.cases import Array

NAMES = Path(rt.__file__).parents[1] / "lessons" / "elements" / "elements.txt"
DRAWN = [task for task in TASKS.values() if task.draw]
every_drawn = pytest.mark.parametrize("task", DRAWN, ids=lambda task: task.name)
of_symbols = pytest.mark.parametrize(
    "task", [task for task in DRAWN if not (task.code or task.start)], ids=lambda task: task.name
)


@given(text=st.text(alphabet=BITS, min_size=1, max_size=30))
def test_parity_is_the_remainder(text: str) -> None:
    """Every 1 turns the answer over, as a machine of two states would have it."""
    odd = False
    for bit in text:
        odd ^= bit == "1"
    pair = parity(text)
    assert pair.reads == tuple(text)
    assert pair.wants == (*[None] * (len(text) - 1), "1" if odd else "0")


@given(text=st.text(alphabet=LETTERS, min_size=1, max_size=30))
def test_reverse_is_its_own_inverse(text: str) -> None:
    pair = reverse(text)
    assert pair.reads == (*text, *[None] * len(text))
    assert pair.wants[: len(text)] == (None,) * len(text)
    said = "".join(filter(None, pair.wants))
    assert "".join(filter(None, reverse(said).wants)) == text
    assert said[0] == text[-1]


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_spell_says_a_word_and_that_it_is_over(symbol: str) -> None:
    pair = spell(symbol)
    assert pair.reads == (symbol, *[None] * (len(pair) - 1))
    assert "".join(filter(None, pair.wants)) == f"{ELEMENTS[symbol]}."
    assert None not in pair.wants


def test_the_elements_are_real() -> None:
    """Fourteen have a symbol of one letter; all are in the list of the lesson on elements, in its order."""
    listed = NAMES.read_text(encoding="utf-8").split()
    places = [listed.index(name) for name in ELEMENTS.values()]
    assert len(ELEMENTS) == len(set(ELEMENTS.values())) == 14
    numbers = {"h": 1, "b": 5, "c": 6, "n": 7, "o": 8, "f": 9, "p": 15, "s": 16, "k": 19, "v": 23, "y": 39, "i": 53}
    assert dict(zip(ELEMENTS, (place + 1 for place in places), strict=True)) == numbers | {"w": 74, "u": 92}


# A task -> what it cannot read, and words of the answer.
WRONG = {
    "spell": ("x", "spell reads one letter of hbcnofpskvyiwu, the symbol of an element, not 'x'"),
    "parity": ("012", "parity reads zeros and ones, such as 1011, not '012'"),
    "anbn": ("aab", "anbn reads as many b as a before them, such as aabb, not 'aab'"),
    "recall": ("ab3d1?", "recall reads one of 0123 among letters of abcd and then ?, such as ab3dca?, not 'ab3d1?'"),
    "adding": ("0.5* 2 1*", "adding reads numbers from -1 to 1, two of them marked, such as .*, not '0.5[*] 2 1[*]'"),
    "reverse": ("abe", "reverse reads letters of abcd, such as abc, not 'abe'"),
    "chars": ("a", "a text to play needs at least two characters"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_text_that_a_task_cannot_read(name: str) -> None:
    text, words = WRONG[name]
    for wrong in (text, ""):
        with pytest.raises(ValueError, match=words.partition("not '")[0].replace("?", "[?]")) as caught:
            TASKS[name].pair(wrong)
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=words.replace("?", "[?]")):
        TASKS[name].pair(text)


def test_a_wrong_text_is_told_in_one_short_line() -> None:
    with pytest.raises(ValueError, match=r"…'$") as caught:
        parity("\n\x1b" * 1000)
    assert str(caught.value).isprintable()


@of_symbols
def test_the_example_of_a_task_can_be_played(task: Any) -> None:
    pair = task.pair(task.example)
    assert set(filter(None, pair.reads + pair.wants)) <= set(task.vocabulary.symbols)


def pairs_of(batch: rt.Batch, symbols: tuple[str, ...]) -> list[Pair]:
    """What a batch reads and wants, without what was filled up."""
    steps, streams = batch.x.shape[:2]
    counts = np.ones((steps, streams)) if batch.counts is None else batch.counts

    def symbol(row: Array, there: bool) -> str | None:
        return symbols[int(row.argmax())] if there else None

    found = []
    for b in range(streams):
        reads = [symbol(row, bool(row.any())) for row in batch.x[:, b]]
        wants = [symbol(row, bool(c)) for row, c in zip(batch.target[:, b], counts[:, b], strict=True)]
        last = max(t for t in range(steps) if reads[t] or wants[t])
        found.append(Pair(tuple(reads[: last + 1]), tuple(wants[: last + 1])))
    return found


@of_symbols
def test_what_is_drawn_is_what_is_played(task: Any) -> None:
    """Every sequence of a batch is the pair of the text that it reads."""
    for batch in islice(task.batches(5, seed=2), 20):
        assert batch.fresh
        for pair in pairs_of(batch, task.vocabulary.symbols):
            assert pair == task.pair("".join(filter(None, pair.reads)))


@every_drawn
def test_the_same_seed_draws_the_same(task: Any) -> None:
    def first(seed: int) -> Array:
        return np.concatenate([np.ravel(batch.x) for batch in islice(task.batches(4, seed), 5)])

    np.testing.assert_array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))


@given(n=st.integers(1, 40))
def test_a_string_is_wanted_from_the_first_b_on(n: int) -> None:
    """Where the next symbol follows from what was read, and nowhere else."""
    text = "a" * n + "b" * n
    pair, language = anbn(text), {"a" * k + "b" * k + STOP for k in range(1, 90)}
    for t, want in enumerate(pair.wants, 1):
        onward = {word[t] for word in language if word.startswith(text[:t]) and len(word) > t}
        assert ({want} == onward) if want else len(onward) == 2


@given(around=st.text(alphabet=LETTERS, max_size=20), key=st.sampled_from(KEYS), at=st.integers(0, 20))
def test_the_key_is_recalled_when_asked(around: str, key: str, at: int) -> None:
    pair = recall(f"{around[:at]}{key}{around[at:]}?")
    assert pair.wants == (*[None] * (len(around) + 1), key)
    assert "".join(filter(None, pair.reads)) == f"{around[:at]}{key}{around[at:]}?"


def test_drawn_counts_and_waits_are_those_of_training() -> None:
    rng = np.random.default_rng(0)
    draw = {name: [TASKS[name].draw(rng) for _ in range(600)] for name in ("anbn", "recall")}  # type: ignore[misc]
    assert {len(text) // 2 for text in draw["anbn"]} == set(range(1, LONGEST_COUNT + 1))
    assert {len(text) - 2 for text in draw["recall"]} == set(range(1, LONGEST_WAIT + 1))
    assert {key for text in draw["recall"] for key in text if key in KEYS} == set(KEYS)


@pytest.mark.parametrize(("name", "longest"), [("parity", LONGEST_BITS), ("reverse", LONGEST_WORD)])
def test_every_length_is_drawn(name: str, longest: int) -> None:
    task = TASKS[name]
    assert task.vocabulary
    drawn = [pair for k in islice(task.batches(8, 0), 50) for pair in pairs_of(k, task.vocabulary.symbols)]
    assert {sum(read is not None for read in pair.reads) for pair in drawn} == set(range(1, longest + 1))


def test_chars_draws_nothing() -> None:
    with pytest.raises(ValueError, match="chars draws nothing"):
        TASKS["chars"].batches(1, 0)


def test_tasks_are_found_by_name() -> None:
    assert all(find_task(name).name == name for name in TASKS)
    for name in ("Parity", "", None, 3):
        with pytest.raises(ValueError, match=f"task: one of {', '.join(TASKS)} is wanted, not"):
            find_task(name)


def test_a_record_tells_the_task() -> None:
    assert task_of({"settings": {"task": "parity"}}).name == "parity"
    silent: list[dict[str, Any]] = [{}, {"settings": {}}, {"settings": None}]
    for record in silent:
        assert task_of(record).name == "chars"
    with pytest.raises(ValueError, match="not 'juggling'"):
        task_of({"settings": {"task": "juggling"}})


# Settings that learn a task in seconds.
LEARNED = {
    "spell": Settings(task="spell", cell="rnn", hidden=24, batch=16, iterations=1200),
    "parity": Settings(task="parity", cell="rnn", hidden=8, batch=16, iterations=3000, seed=1),
    "reverse": Settings(task="reverse", cell="rnn", hidden=32, batch=16, iterations=2000),
}


@pytest.mark.parametrize("name", LEARNED)
def test_a_plain_network_learns_it(name: str) -> None:
    """The right answer to every text, nearly for sure; parity also to one longer than any that it has learned."""
    settings = LEARNED[name].checked()
    *_, (_, model) = training(settings, "", record_of(settings, "", ""))
    texts = {"spell": list(ELEMENTS), "parity": ["1", "0110", "110100111010"], "reverse": ["a", "dab", "bcad"]}
    for text in texts[name]:
        told = episode(model, text, name)
        counts = np.array(told.counts or [True] * told.run.steps)
        assert told.run["loss"][counts, 0].mean() < 0.05, text
        said = [told.symbols[k] for k in told.run["p"][counts, 0].argmax(axis=-1)]
        assert said == list(filter(None, told.wants))
        assert told.about == f"RNN  {settings.hidden} units · {name} · “{text}”"


def test_a_character_model_is_run_as_before() -> None:
    cell = rt.parse_cell(chars.with_readout(rt.load_cell("gru").text), "gru")
    model = rt.Model(cell, rt.init_params(cell, 3, 4, target=4), tuple("ehlo"))
    one, same = episode(model, "hello", "t"), chars.episode(model, "hello", "t")
    assert (one.about, one.reads, one.wants, one.counts) == (same.about, same.reads, same.wants, ())
    np.testing.assert_array_equal(one.grads["W_z"], same.grads["W_z"])
