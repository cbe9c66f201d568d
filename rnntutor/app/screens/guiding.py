"""A lesson: its moments, and the way back to them."""

from __future__ import annotations

from textual.reactive import reactive

from rnntutor.app.screens.moment import MomentScreen
from rnntutor.app.screens.viewing import Viewing
from rnntutor.course.passage import passage
from rnntutor.course.report import one_line
from rnntutor.course.staging import Staged, staged
from rnntutor.course.walk import Walk
from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import History
from rnntutor.show.prose import Passage
from rnntutor.show.scene import Scene
from rnntutor.show.view import View

_NO_LESSON = "There are no moments here; this is a sandbox."
UNFIT = "This moment does not fit what is played: "


class Guiding(Viewing):
    """n and p, r and m. Without a lesson nothing of it is there."""

    passage: reactive[Passage | None] = reactive(None, init=False, repaint=False)
    """What the lesson says now."""
    walk: Walk | None = None
    moment: Staged | None = None
    """The moment as it was set up."""
    home: Cursor = Cursor()
    """The moment's place, where r leads."""
    base: History | None = None
    """The moment's numbers, where r leads: as they were set up, or what an answer has made of them."""

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
            self.moment = staged(walk.opened, walk.k)
        except ValueError as error:
            self.moment = Staged(History((walk.opened.scene(walk.k),)), Cursor(), View())
            self.say(f"{UNFIT}{one_line(error)}")
        self.set_up(self.moment)

    def set_up(self, moment: Staged) -> None:
        """The moment's numbers and view, with the playhead at its place."""
        self.history = self.base = moment.history
        self.track = track_of(moment.history.scene)
        self.home = moment.cursor
        self.set_reactive(Guiding.cursor, moment.cursor)  # the one before may lie beyond these numbers
        self.scene = moment.history.scene
        self.mutate_reactive(Guiding.cursor)
        self.open_view(moment.view)
        self.tell()

    def action_return(self) -> None:
        """Back to the moment's place and numbers."""
        if self.walk is None or self.moment is None or self.base is None:
            self.say(_NO_LESSON)
            return
        self.halt()
        self.show(self.base)
        self.open_view(self.moment.view)
        self.cursor = self.home
        self.say("")

    def keep(self) -> None:
        """Save how far the learner is."""
        if self.walk is not None:
            self.tutor.keep(self.walk.progress)

    # What is said.

    @property
    def spoken_of(self) -> Scene:
        """The scene that the moment's words speak of."""
        return self.moment.history.scene if self.moment is not None else self.present

    @property
    def changed(self) -> bool:
        """Whether the numbers are others than the moment's."""
        return self.base is not None and self.history.scene is not self.base.scene

    @property
    def away(self) -> bool:
        """Whether the learner has left the moment's place or its numbers."""
        here, home = self.cursor, self.home
        return self.changed or (here.direction, here.t, here.line, here.unit) != (
            home.direction, home.t, home.line, home.unit,
        )  # fmt: skip

    def tell(self) -> None:
        """Say what there is to say now."""
        if self.walk is not None:
            self.passage = passage(self.walk, self.spoken_of, self.sign, away=self.away)

    def action_read(self) -> None:
        """The whole of the moment's words, on a page."""
        if self.passage is not None:
            self.halt()
            self.app.push_screen(MomentScreen(self.passage, self.look))
