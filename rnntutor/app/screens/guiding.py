"""A lesson: its moments, its questions, and the way back to them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import reduce

from textual.events import Key
from textual.reactive import reactive

from rnntutor.app.messages import ChoicePicked
from rnntutor.app.screens.moment import MomentScreen
from rnntutor.app.screens.viewing import Viewing
from rnntutor.course.asking import Given
from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick, Prediction
from rnntutor.course.passage import passage
from rnntutor.course.report import one_line
from rnntutor.course.staging import Staged, done, place, staged, told
from rnntutor.course.walk import Walk
from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import History
from rnntutor.show.prose import Passage
from rnntutor.show.scene import Scene
from rnntutor.show.view import View

_NO_LESSON = "There are no moments here; this is a sandbox."
_UNFIT = "This cannot be asked of what is played: "


class Guiding(Viewing):
    """n and p, r, a, H and A, m, and the figures of choices. Without a lesson nothing of it is there."""

    passage: reactive[Passage | None] = reactive(None, init=False, repaint=False)
    """What the lesson says now."""
    walk: Walk | None = None
    stage: Staged | None = None
    """The moment as it was set up."""
    home: Cursor = Cursor()
    """The moment's place."""

    # From moment to moment.

    def action_moment(self, by: int) -> None:
        """The next moment or the one before; or, in a sandbox, a word on that."""
        if self.walk is None:
            self.say(_NO_LESSON)
            return
        self.halt()
        self.follow(self.walk.next() if by > 0 else self.walk.previous())

    def follow(self, walk: Walk) -> None:
        """To another moment: its numbers, its place, its view."""
        self.walk = walk
        self.keep()
        if walk.over:
            self.tell()
            return
        try:
            self.stage = staged(walk.opened, walk.k)
        except ValueError as error:
            self.stage = Staged(History((walk.opened.scene(walk.k),)), Cursor(), View())
            self.say(f"This moment does not fit what is played: {one_line(error)}")
        self.set_up(self.stage)

    def set_up(self, stage: Staged) -> None:
        """The moment's numbers and view, with the playhead at its place."""
        self.history = stage.history
        self.track = track_of(stage.history.scene)
        self.home = stage.cursor
        self.set_reactive(Guiding.cursor, stage.cursor)  # the one before may lie beyond these numbers
        self.scene = stage.history.scene
        self.mutate_reactive(Guiding.cursor)
        self.open_view(stage.view)
        self.tell()

    def action_return(self) -> None:
        """Back to the moment's place and numbers."""
        if self.walk is None or self.stage is None:
            self.say(_NO_LESSON)
            return
        self.halt()
        done_already = isinstance(self.walk.ask, Do) or not self.walk.settled
        self.show(self.stage.history if done_already else told(self.stage, self.walk.ask))
        self.open_view(self.stage.view)
        self.cursor = self.home
        self.say("")

    def keep(self) -> None:
        """Save how far the learner is."""
        if self.walk is not None:
            self.tutor.keep(self.walk.progress)

    # What is said.

    @property
    def own(self) -> Scene:
        """The scene that the moment speaks of."""
        return self.stage.history.scene if self.stage is not None else self.present

    @property
    def away(self) -> bool:
        """Whether the learner has left the moment's place."""
        here, home = self.cursor, self.home
        return (here.direction, here.t, here.line, here.unit) != (home.direction, home.t, home.line, home.unit)

    def tell(self) -> None:
        """Say what there is to say now."""
        if self.walk is not None:
            self.passage = passage(self.walk, self.own, self.sign, away=self.away)

    def action_read(self) -> None:
        """The whole of the moment's words, on a page."""
        if self.passage is not None:
            self.halt()
            self.app.push_screen(MomentScreen(self.passage, self.look))

    # Questions.

    def show(self, history: History) -> None:
        """Other numbers: perhaps what was asked for has come about."""
        super().show(history)
        walk = self.walk
        if walk is not None and isinstance(walk.ask, Do) and not walk.settled:
            with suppress(ValueError):  # a text of the learner's own may lack what is asked for
                after = walk.tried(history.scene) if history.scene.original else replace(walk, verdict=None)
                if after.settled:
                    self._settle(after)
                else:
                    self.walk = after
                    self.tell()

    def on_key(self, event: Key) -> None:
        """A figure answers a choice."""
        if not self.typing and event.character and event.character in "123456789":
            self.choose(int(event.character))

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
                self.ask("answer", "your number ", "", "Enter answers, Esc leaves.")
            case Pick():
                self._answer(self.cursor)
            case Do():
                self._answer("")
            case Choice():
                self.say("The figure before a choice answers.")
            case _:
                self.say("Nothing is asked here.")

    def typed_answer(self, text: str) -> None:
        """A number, or a word on what is none."""
        try:
            value = float(text.strip().replace("−", "-").replace(",", "."))
        except ValueError:
            self.say(f"A number is wanted, such as -0.5, not {text.strip()!r}.")
            return
        self.stop_typing()
        self._answer(value)

    def _answer(self, given: Given) -> None:
        walk = self.walk
        if walk is None:
            return
        scene = self.present if isinstance(walk.ask, Do) else self.own
        try:
            self._settle(walk.answered(scene, given))
        except ValueError as error:
            self.say(f"{_UNFIT}{one_line(error)}")

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
            walk.right_answer(self.own)
            begin = self.stage.history if self.stage is not None else self.history
            solved = reduce(done, ask.solution, begin) if isinstance(ask, Do) else None
        except ValueError as error:
            self.say(f"{_UNFIT}{one_line(error)}")
            return
        self.walk = walk
        if solved is not None:
            self.show(solved)
        self._settle(walk)

    def _settle(self, walk: Walk) -> None:
        """After an answer: what is revealed, and what is said."""
        self.walk = walk
        self.keep()
        if isinstance(walk.ask, Do) and walk.settled and self.stage is not None:
            self.stage = replace(self.stage, history=self.history)  # from now on the moment speaks of what was done
        if walk.ask is not None and walk.settled and self.stage is not None:
            try:
                self._reveal(walk.ask, self.stage)
            except ValueError as error:
                self.say(f"This moment does not fit what is played: {one_line(error)}")
        self.tell()

    def _reveal(self, ask: Ask, stage: Staged) -> None:
        """The training that an answer sets off, and the place where it is to be seen."""
        if isinstance(ask, Prediction) and ask.learn:
            self.show(told(stage, ask))
        if isinstance(ask, Pick) and not ask.reveal:
            self.home = self.cursor
        if ask.reveal:
            self.home = place("reveal", stage.history.scene, ask.reveal)
            self.cursor = self.home
