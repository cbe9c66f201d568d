"""How far a learner is in a lesson. Pure data; `rnntutor.course.store` keeps it.

progress = Progress("four-gates").visited("keep").answered("keep", right=True, hints=0)
progress.answers["keep"].right_first    True: right with one try, and no hint
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

FORMAT_VERSION = 1
_MOST = 1_000_000
"""Tries and hints; more are hardly a learner's."""


@dataclass(frozen=True)
class Answer:
    """What became of one question."""

    right: bool = False
    tries: int = 0
    """Up to the first right one."""
    hints: int = 0
    """How many were asked for before that."""
    skipped: bool = False
    """Whether the answer was shown instead; it stays so when the question is answered after all."""

    @property
    def right_first(self) -> bool:
        """Right with one try and no hint."""
        return self.right and self.tries == 1 and not self.hints and not self.skipped

    def after(self, right: bool, hints: int) -> Answer:
        """One try more. Once right it stays as it is."""
        if self.right:
            return self
        return replace(self, right=right, tries=self.tries + 1, hints=max(self.hints, hints))


@dataclass(frozen=True)
class Progress:
    """What a learner has seen of one lesson, and answered."""

    lesson: str
    moment: str = ""
    """Where the learner is; empty for the beginning."""
    seen: tuple[str, ...] = ()
    """The moments that were visited, in the order of the first visits."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By the moments that ask."""
    finished: bool = False
    when: str = ""
    """The last change, as an ISO date and time; empty for none yet."""

    def visited(self, moment: str) -> Progress:
        """The learner stands at a moment, now."""
        seen = self.seen if moment in self.seen else (*self.seen, moment)
        return replace(self, moment=moment, seen=seen, when=_now())

    def answered(self, moment: str, right: bool, hints: int = 0) -> Progress:
        """A question was answered, with so many of its hints open. Once right stays right."""
        return self._with(moment, self.answers.get(moment, Answer()).after(right, hints))

    def skipped(self, moment: str) -> Progress:
        """A question was left for its answer."""
        answer = self.answers.get(moment, Answer())
        return self if answer.right else self._with(moment, replace(answer, skipped=True))

    def finish(self) -> Progress:
        """The last moment was left behind. Once finished stays finished."""
        return self._changed(finished=True)

    @property
    def right(self) -> int:
        """Questions that were answered right in the end."""
        return sum(answer.right for answer in self.answers.values())

    @property
    def right_first(self) -> int:
        """Questions that were answered right with one try and no hint."""
        return sum(answer.right_first for answer in self.answers.values())

    @property
    def begun(self) -> bool:
        """Whether anything is known of the learner here."""
        return bool(self.when)

    @property
    def changed(self) -> datetime:
        """The time of the last change, to compare; long ago for none."""
        return time_of(self.when) if self.when else datetime.min.replace(tzinfo=UTC)

    def reached(self, moments: int) -> int:
        """How many of a lesson's moments were visited."""
        return moments if self.finished else min(len(self.seen), moments)

    def _with(self, moment: str, answer: Answer) -> Progress:
        return self._changed(answers={**self.answers, moment: answer})

    def _changed(self, **fields: Any) -> Progress:
        """The same now, or itself where nothing is new."""
        new = replace(self, **fields)
        return self if new == self else replace(new, when=_now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def time_of(when: str) -> datetime:
    """An ISO date and time, to compare; of UTC where it does not say of where. Raises ValueError."""
    time = datetime.fromisoformat(when)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def latest(kept: Iterable[Progress]) -> Progress | None:
    """The one that was changed last."""
    return max((k for k in kept if k.begun), key=lambda k: k.changed, default=None)


# As JSON.


def as_json(progress: Progress) -> dict[str, Any]:
    """What `from_json` understands."""
    answers = {
        moment: {"right": k.right, "tries": k.tries, "hints": k.hints, "skipped": k.skipped}
        for moment, k in progress.answers.items()
    }
    return {
        "format_version": FORMAT_VERSION, "lesson": progress.lesson, "moment": progress.moment,
        "seen": list(progress.seen), "answers": answers, "finished": progress.finished, "when": progress.when,
    }  # fmt: skip


def from_json(table: object) -> Progress:
    """Progress as it was written. Raises ValueError naming the field; unknown fields are passed over."""
    if not isinstance(table, dict):
        raise ValueError(f"a table is wanted, not {_said(table)}")
    check_version(table)
    seen, answers = _field(table, "seen", list), _field(table, "answers", dict)
    if not all(isinstance(moment, str) for moment in seen):
        raise ValueError("seen: a list of texts is wanted")
    read = {moment: _answer(f"answers: {moment!r:.40}: ", k) for moment, k in answers.items()}
    lesson, moment = _field(table, "lesson", str), _field(table, "moment", str)
    if not lesson:
        raise ValueError("lesson: the name of a lesson is wanted, not ''")
    return Progress(lesson, moment, tuple(dict.fromkeys(seen)), read, _field(table, "finished", bool), _when(table))


def check_version(table: Mapping[str, Any]) -> None:
    """Raise ValueError for what an rnntutor of another time has written."""
    version = table.get("format_version")
    if type(version) is not int or version != FORMAT_VERSION:
        newer = ", which a newer rnntutor reads" if type(version) is int and version > FORMAT_VERSION else ""
        raise ValueError(f"format_version should be {FORMAT_VERSION}, not {_said(version)}{newer}")


def _answer(where: str, table: object) -> Answer:
    if not isinstance(table, dict):
        raise ValueError(f"{where}a table is wanted, not {_said(table)}")
    right, skipped = (_field(table, name, bool, where) for name in ("right", "skipped"))
    tries, hints = (_field(table, name, int, where) for name in ("tries", "hints"))
    if not (0 <= tries <= _MOST and 0 <= hints <= _MOST):
        raise ValueError(f"{where}tries and hints should be from 0 to {_MOST:,}")
    return Answer(right, tries, hints, skipped)


def _when(table: Mapping[str, Any]) -> str:
    when: str = _field(table, "when", str)
    try:
        if when:
            time_of(when).astimezone()
    except (ValueError, OverflowError, OSError) as error:  # a time that no clock shows
        raise ValueError(f"when: a date and time is wanted, such as 2026-03-01T09:30, not {_said(when)}") from error
    return when


_KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", str: "a text", list: "a list", dict: "a table"}


def _field(table: Mapping[str, Any], name: str, kind: type, where: str = "") -> Any:
    if type(value := table.get(name)) is not kind:
        raise ValueError(f"{where}{name}: {_KINDS[kind]} is wanted, not {_said(value)}")
    return value


def _said(value: object) -> str:
    """A value in a few characters; of what holds others, only what it is."""
    kind = type(value)
    return _KINDS[kind] if kind in (list, dict) else f"{value!r:.40}"


def how_far(progress: Progress | None, moments: int) -> str:
    """In words: 4 of 9; empty for nothing yet, or where a lesson has no moments."""
    if progress is None or not progress.begun or not moments:
        return ""
    return f"{progress.reached(moments)} of {moments}"


def questions_right(progress: Progress | None, questions: int) -> str:
    """In words: 2 of 3; empty for nothing yet, or where nothing is asked."""
    if progress is None or not progress.begun or not questions:
        return ""
    return f"{min(progress.right, questions)} of {questions}"
