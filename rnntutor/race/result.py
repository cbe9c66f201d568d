"""What came of a race: every run, the standings, and the whole as JSON. Needs nothing but Python."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

FORMAT = "rnntutor race 1"


@dataclass(frozen=True)
class Finish:
    """One run: a contestant from one seed."""

    contestant: str
    hidden: int
    """Units."""
    parameters: int
    """Numbers that are learned, the readout's too."""
    seed: int
    iterations: int
    seconds: float
    """Spent on training, without the drawing between."""
    loss: float | None
    """The mean over the last tenth of the iterations; None where it diverged before any."""
    measured: tuple[float, ...] = ()
    """A number for each measure of the race; none where it diverged."""
    diverged: str = ""
    """Why there are none, in words."""


@dataclass(frozen=True)
class Scale:
    """A measure: its name, whether more is better, and how it is written."""

    name: str
    what: str
    high: bool
    form: str


@dataclass(frozen=True)
class Standing:
    """How a contestant did over all seeds; what is counted are the runs that did not diverge."""

    contestant: str
    hidden: int
    parameters: int
    values: tuple[float, ...]
    """Of the first measure, from the lowest to the highest."""
    others: tuple[float, ...]
    """The medians of the further measures."""
    seconds: float
    """The median over all runs."""
    diverged: int
    """How many runs did."""

    @property
    def median(self) -> float:
        """Of the first measure; NaN where all runs diverged."""
        return statistics.median(self.values) if self.values else math.nan


@dataclass(frozen=True)
class Result:
    """A race that is over."""

    command: str
    """The command line that repeats it."""
    task: str
    iterations: int
    same: str
    """What all contestants have the same of: "parameters", as near as can be, or "units"."""
    scales: tuple[Scale, ...]
    finishes: tuple[Finish, ...]
    date: str = ""
    """When it was run, in UTC, as ISO 8601."""
    versions: Mapping[str, str] | None = None
    """Of Python, NumPy and rnntutor."""

    @property
    def standings(self) -> tuple[Standing, ...]:
        """The contestants, the best median first; then the better worst seed, then the quicker."""
        names = dict.fromkeys(finish.contestant for finish in self.finishes)
        return tuple(sorted((self._standing(name) for name in names), key=self._order))

    def _standing(self, name: str) -> Standing:
        runs = [finish for finish in self.finishes if finish.contestant == name]
        ended = [run.measured for run in runs if not run.diverged]
        first, *others = list(zip(*ended, strict=True)) or [(), *[()] * (len(self.scales) - 1)]
        return Standing(
            name, runs[0].hidden, runs[0].parameters, tuple(sorted(first)),
            tuple(statistics.median(k) if k else math.nan for k in others),
            statistics.median(run.seconds for run in runs), len(runs) - len(ended),
        )  # fmt: skip

    def _order(self, standing: Standing) -> tuple[Any, ...]:
        if not standing.values:
            return (True, 0.0, 0.0, standing.seconds)
        sign = -1 if self.scales[0].high else 1
        worst = standing.values[0] if self.scales[0].high else standing.values[-1]
        return (False, sign * standing.median, sign * worst, standing.seconds)

    def as_json(self) -> str:
        """All of it as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Result:
        """The result that `as_json` wrote. Raises ValueError saying what is wrong."""
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"this is not JSON: {error}") from error
        if not isinstance(table, dict) or table.pop("format", None) != FORMAT:
            raise ValueError(f"this is not the result of a race; its format should be {FORMAT!r}")
        try:
            table["scales"] = tuple(Scale(**scale) for scale in table["scales"])
            table["finishes"] = tuple(_finish(finish) for finish in table["finishes"])
            return cls(**table).checked()
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the result of a race lacks something, or has too much: {error}") from error

    def checked(self) -> Result:
        """This result if its parts fit together. Raises ValueError."""
        if not self.scales or not self.finishes:
            raise ValueError("the result of a race has at least one measure and one run")
        for finish in self.finishes:
            if len(finish.measured) != (0 if finish.diverged else len(self.scales)):
                raise ValueError(f"{finish.contestant}, seed {finish.seed}: {len(finish.measured)} measured numbers")
        return self


def _finish(table: Mapping[str, Any]) -> Finish:
    """A run from JSON, its numbers as numbers. Raises ValueError, TypeError or KeyError."""
    kinds = {"contestant": str, "diverged": str, "measured": list, "loss": (int, float, type(None))}
    for field in fields(Finish):
        value = table[field.name]
        if isinstance(value, bool) or not isinstance(value, kinds.get(field.name, (int, float))):  # type: ignore[arg-type]
            raise ValueError(f"{field.name}: {value!r} is none")
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in table["measured"]):
        raise ValueError(f"measured: {table['measured']} are no numbers")
    return Finish(**{**table, "measured": tuple(float(value) for value in table["measured"])})
