"""What came of a race: the standings, and the whole as JSON and back."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.race.result import Finish, Result, Scale

HIGH, LOW = Scale("accuracy", "the share of right answers", True, ".3f"), Scale("MSE", "an error", False, ".2e")
numbers = st.floats(-1e9, 1e9)


def finish(name: str = "lstm", seed: int = 0, *measured: float, seconds: float = 1.0, diverged: str = "") -> Finish:
    """A run with these numbers."""
    return Finish(name, 4, 100, seed, 50, seconds, None if diverged else 0.5, measured, diverged)


def result(*finishes: Finish, scales: tuple[Scale, ...] = (HIGH,)) -> Result:
    """A race of these runs."""
    date, versions = "2020-01-01T00:00:00+00:00", {"numpy": "2"}
    return Result("rnntutor race", "recall", 50, "parameters", scales, finishes, date, versions)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Any race: some contestants, some seeds, some of the runs diverged."""
    scales = draw(st.sampled_from([(HIGH,), (LOW,), (HIGH, LOW)]))
    runs = []
    for name in draw(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True)):
        for seed in range(draw(st.integers(1, 4))):
            diverged = draw(st.just("") | st.text())
            measured = [] if diverged else [draw(numbers) for _ in scales]
            runs.append(finish(name, seed, *measured, diverged=diverged, seconds=draw(st.floats(0, 100))))
    return result(*runs, scales=scales)


@given(race=results())
def test_json_and_back(race: Result) -> None:
    assert Result.from_json(race.as_json()) == race


@given(race=results())
def test_the_standings_are_sorted(race: Result) -> None:
    """The best first, all diverged last, everyone once, and the median between the lowest and the highest."""
    standings = race.standings
    assert sorted(k.contestant for k in standings) == sorted({run.contestant for run in race.finishes})
    medians = [k.median for k in standings]
    known = [k for k in medians if not math.isnan(k)]
    assert medians[: len(known)] == sorted(known, reverse=race.scales[0].high)
    for k in standings:
        runs = [run for run in race.finishes if run.contestant == k.contestant]
        assert len(k.values) + k.diverged == len(runs)
        assert list(k.values) == sorted(run.measured[0] for run in runs if run.measured)
        assert not k.values or k.values[0] <= k.median <= k.values[-1]


def test_a_tie_goes_to_the_better_worst_seed_and_then_to_the_quicker() -> None:
    runs = [finish("a", k, value) for k, value in enumerate((0.1, 0.5, 0.9))]
    runs += [finish("b", k, value) for k, value in enumerate((0.4, 0.5, 0.6))]
    runs += [finish("c", k, value, seconds=0.5) for k, value in enumerate((0.4, 0.5, 0.7))]
    assert [k.contestant for k in result(*runs).standings] == ["c", "b", "a"]
    assert [k.contestant for k in result(*runs, scales=(LOW,)).standings] == ["b", "c", "a"]


def test_what_diverged_is_not_counted_but_told() -> None:
    race = result(finish("a", 0, 0.2), finish("a", 1, diverged="inf"), finish("b", 0, diverged="nan"))
    one, other = race.standings
    assert (one.contestant, one.values, one.median, one.diverged) == ("a", (0.2,), 0.2, 1)
    assert (other.values, other.diverged) == ((), 1)
    assert math.isnan(other.median)


GOOD = json.loads(result(finish("a", 0, 0.2)).as_json())
RUN = GOOD["finishes"][0]
WRONG: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "this is not JSON"),
    "a list": ([], "not the result of a race"),
    "another format": ({**GOOD, "format": "rnntutor 1"}, "its format should be 'rnntutor race 1'"),
    "too much": ({**GOOD, "winner": "a"}, "too much: .*winner"),
    "too little": ({k: v for k, v in GOOD.items() if k != "task"}, "lacks something.*task"),
    "no runs": ({**GOOD, "finishes": []}, "at least one measure and one run"),
    "runs of no kind": ({**GOOD, "finishes": [3]}, "lacks something"),
    "a lost number": ({**GOOD, "finishes": [{**RUN, "measured": []}]}, "a, seed 0: 0 measured numbers"),
    "a text as a number": ({**GOOD, "finishes": [{**RUN, "seconds": "1"}]}, "seconds: '1' is none"),
    "NaN": ({**GOOD, "finishes": [{**RUN, "measured": [math.nan]}]}, "measured: .nan. are no numbers"),
    "a number as a name": ({**GOOD, "finishes": [{**RUN, "contestant": 3}]}, "contestant: 3 is none"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_result(what: str) -> None:
    table, words = WRONG[what]
    with pytest.raises(ValueError, match=words) as caught:
        Result.from_json(table if isinstance(table, str) else json.dumps(table))
    assert "\n" not in str(caught.value)
