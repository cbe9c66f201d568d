"""The questions of a lesson, and what comes of the answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import reduce

from textual.events import Key

from rnntutor.app.messages import ChoicePicked
from rnntutor.app.screens.guiding import UNFIT, Guiding
from rnntutor.course.asking import Given, figured, pointed
from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick, Prediction
from rnntutor.course.report import one_line
from rnntutor.course.staging import Staged, done, place, told
from rnntutor.course.walk import Walk
from rnntutor.play.history import History

_UNASKED = "This cannot be asked of what is played: "


class Asking(Guiding):
    """a, H and A, and the figures of choices."""

    def show(self, history: History) -> None:
        """Other numbers: perhaps what was asked for has come about."""
        super().show(history)
        walk = self.walk
        if walk is not None and isinstance(walk.ask, Do) and not walk.settled:
            with suppress(ValueError):  # a text of the learner's own may lack what is asked for
                after = walk.tried(history.scene) if self.changed else replace(walk, verdict=None)
                if after.settled:
                    self._settle(after)
                else:
                    self.walk = after
        self.tell()

    def on_key(self, event: Key) -> None:
        """A figure answers a choice."""
        figure = event.character if event.character and event.character in "123456789" else ""
        if figure and not self.typing and not self.has_class("small"):
            self.choose(int(figure))

    def on_choice_picked(self, message: ChoicePicked) -> None:
        """So does a click on it."""
        self.choose(message.choice)

    def choose(self, k: int) -> None:
        """Answer by the k-th choice."""
        walk = self.walk
        if walk is None or not isinstance(walk.ask, Choice) or walk.settled:
            return
        names = list(walk.ask.choices)
        if k <= len(names):
            self._answer(names[k - 1])

    def action_answer(self) -> None:
        """Answer by the playhead's place, or type a number."""
        match self.walk.ask if self.walk is not None and not self.walk.settled else None:
            case Number():
                self.ask("answer", "your number ", "", "Enter answers, Esc leaves. 0.8**39 and 5/638 are worked out.")
            case Pick():
                self._answer(self.cursor)
            case Do():
                self._answer("")
            case Choice():
                self.say("The figure before a choice answers.")
            case _:
                self.say("Nothing is asked here.")

    def typed_answer(self, text: str) -> None:
        """A number, worked out here if need be, or a word on what is none."""
        try:
            value = figured(self.present, text)
        except ValueError as error:
            self.say(self.prompt.pointed(error))
            return
        self.stop_typing()
        self._answer(value)

    def _answer(self, given: Given) -> None:
        walk = self.walk
        if walk is None:
            return
        scene = self.present if isinstance(walk.ask, Do) else self.spoken_of
        try:
            self._settle(walk.answered(scene, given))
        except ValueError as error:
            self.say(f"{_UNASKED}{one_line(error)}")

    def action_hint(self) -> None:
        """One hint more."""
        if self.walk is None or self.walk.settled or not self.walk.words.hints:
            self.say("There is no hint here.")
            return
        if self.walk.hints == len(self.walk.words.hints):
            self.say(f"There are no more hints; {self.sign('answer.show')} shows the answer.")
            return
        self.walk = self.walk.hint()
        self.tell()

    def action_show_answer(self) -> None:
        """Give up; the question comes again at the end. What was to be done is done."""
        if self.walk is None or self.walk.settled:
            self.say("Nothing is asked here.")
            return
        walk, ask = self.walk.show_answer(), self.walk.ask
        try:  # a text of the learner's own may leave no right answer
            walk.right_answer(self.spoken_of)
            begin = self.moment.history if self.moment is not None else self.history
            solved = reduce(done, ask.solution, begin) if isinstance(ask, Do) else None
        except ValueError as error:
            self.say(f"{_UNASKED}{one_line(error)}")
            return
        self.walk = walk
        if solved is not None:
            self.show(solved)
        self._settle(walk)

    def _settle(self, walk: Walk) -> None:
        """After an answer: what is revealed, and what is said."""
        self.walk = walk
        self.keep()
        if walk.ask is not None and walk.settled and self.moment is not None:
            try:
                self._reveal(walk, walk.ask, self.moment)
            except ValueError as error:
                self.say(f"{UNFIT}{one_line(error)}")
        self.tell()

    def _reveal(self, walk: Walk, ask: Ask, moment: Staged) -> None:
        """What the answer has set off or brought about, and the place where it is to be seen."""
        if isinstance(ask, Do):
            self.base = self.history
            self.moment = replace(moment, history=self.history)  # from now on its words speak of what was done
        elif isinstance(ask, Prediction) and ask.learn:
            self.base = told(moment, ask)
            self.show(self.base)
        elif isinstance(ask, Pick) and not ask.reveal:
            scene = moment.history.scene
            found = pointed(ask, scene, walk.place(scene), walk.right_answer(scene)) if walk.shown else self.cursor
            self.home = self.cursor = found
        if ask.reveal:
            self.home = self.cursor = place("reveal", moment.history.scene, ask.reveal)
