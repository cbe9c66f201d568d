"""A learner's walk through a lesson: the moment, the question, the answer, and what is still open. Pure; no screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rnntutor.course.asking import Given, Verdict, judged, right_answer
from rnntutor.course.lesson import Ask, Choice, Moment
from rnntutor.course.opening import Opened
from rnntutor.course.progress import Progress
from rnntutor.course.words import Words
from rnntutor.play.cursor import Cursor
from rnntutor.play.places import parse_place
from rnntutor.show.scene import Scene


@dataclass(frozen=True)
class Walk:
    """Where one is. Every move gives a new one."""

    opened: Opened = field(repr=False)
    progress: Progress
    k: int = 0
    """The moment, from 0; as many as there are: the end."""
    verdict: Verdict | None = None
    """What came of the last answer here."""
    hints: int = 0
    """How many were asked for here."""
    shown: bool = False
    """Whether the right answer was shown instead of found."""
    review: tuple[int, ...] | None = None
    """The moments whose questions are asked again at the end; None before that."""

    @classmethod
    def begun(cls, opened: Opened, progress: Progress) -> Walk:
        """Where the learner left off."""
        return cls(opened, progress).to(0 if progress.finished else opened.lesson.index(progress.moment))

    def reopened(self, opened: Opened) -> Walk:
        """The same moment of a lesson whose files have changed, its question open again."""
        there = {moment.id: k for k, moment in enumerate(opened.lesson.moments)}
        names = [self.opened.lesson.moments[k].id for k in self.review or ()]
        review = tuple(there[name] for name in names if name in there) or None
        return Walk(opened, self.progress, review=review).to(there.get(self.moment.id, 0))

    @property
    def count(self) -> int:
        """How many moments there are."""
        return len(self.opened.lesson.moments)

    @property
    def over(self) -> bool:
        """Whether this is the end, behind all moments."""
        return self.k >= self.count

    @property
    def moment(self) -> Moment:
        """The moment; at the end the last one."""
        return self.opened.lesson.moments[min(self.k, self.count - 1)]

    @property
    def words(self) -> Words:
        """What is said here."""
        return self.opened.words[self.moment.id]

    @property
    def ask(self) -> Ask | None:
        """The question here, if there is one."""
        return None if self.over else self.moment.ask

    @property
    def settled(self) -> bool:
        """Whether nothing is open here: no question, answered rightly, a choice made, or shown."""
        if self.ask is None or self.shown:
            return True
        return self.verdict is not None and (self.verdict.right or isinstance(self.ask, Choice))

    # Moves.

    def next(self) -> Walk:
        """The next moment; a question left open is kept for the review. Behind the last one comes the review."""
        walk = self if self.settled else replace(self, progress=self.progress.skipped(self.moment.id))
        if walk.review is None and walk.k + 1 < walk.count:
            return walk.to(walk.k + 1)
        rest = walk.review[1:] if walk.review is not None and not walk.over else walk.left_open
        return replace(walk, review=rest).to(rest[0]) if rest else walk.end()

    def previous(self) -> Walk:
        """The moment before; out of the review to the last one."""
        before = self.count if self.review is not None else self.k
        return replace(self, review=None).to(max(0, before - 1))

    def to(self, k: int) -> Walk:
        """At a moment, its question open. Where one left off is not in the review: that is gone through at the end."""
        progress = self.progress
        if self.review is None:
            progress = progress.visited(self.opened.lesson.moments[k].id)
        return replace(self, k=k, verdict=None, hints=0, shown=False, progress=progress)

    def end(self) -> Walk:
        """Behind all moments."""
        return replace(self, k=self.count, review=(), verdict=None, hints=0, progress=self.progress.finish())

    @property
    def left_open(self) -> tuple[int, ...]:
        """The moments whose questions have no right answer yet."""
        answers = self.progress.answers
        return tuple(
            k
            for k, moment in enumerate(self.opened.lesson.moments)
            if moment.ask is not None and not (moment.id in answers and answers[moment.id].right)
        )

    # Questions.

    def place(self, scene: Scene) -> Cursor:
        """Where the moment is; the beginning where a text of the learner's own lacks its place."""
        try:
            return parse_place(scene, self.moment.at)
        except ValueError:
            return Cursor()

    def t(self, scene: Scene) -> int:
        """The timestep of the moment, for its queries."""
        return self.place(scene).t

    def tried(self, scene: Scene) -> Walk:
        """After an edit that was to bring something about: done, or not yet. Raises ValueError as `answered` does."""
        after = self.answered(scene, "")
        if after.verdict is not None and after.verdict.right:
            return after
        return replace(self, verdict=after.verdict)

    def answered(self, scene: Scene, given: Given) -> Walk:
        """After an answer. Raises ValueError where the question cannot be asked of these numbers."""
        assert self.ask is not None  # noqa: S101 - who answers has been asked
        verdict = judged(self.ask, scene, self.place(scene), given)
        progress = self.progress.answered(self.moment.id, right=verdict.right, hints=self.hints)
        return replace(self, verdict=verdict, progress=progress)

    def hint(self) -> Walk:
        """One hint more."""
        return replace(self, hints=min(self.hints + 1, len(self.words.hints)))

    def show_answer(self) -> Walk:
        """Give the question up; it is kept for the review."""
        return replace(self, shown=True, progress=self.progress.skipped(self.moment.id))

    def right_answer(self, scene: Scene) -> str | float | int:
        """What is right here."""
        assert self.ask is not None  # noqa: S101 - as above
        return right_answer(self.ask, scene, self.t(scene))
