"""Going to a place or to where a condition holds, and watching expressions."""

from __future__ import annotations

from rnntutor.app.messages import PromptChanged
from rnntutor.app.screens.viewing import Viewing
from rnntutor.engine.query import Query, parse_query
from rnntutor.play.places import nowhere, place_of
from rnntutor.show.expression import expression
from rnntutor.show.spot import Spot
from rnntutor.show.watch import query_of, said

_GO = "t=12, c[2,3], or a condition such as loss[t] > 2 or x[t] == \"l\""
_WATCH = "Enter pins it to the tape; c[t,3], norm(dh[t]), max(f[t]). The same again takes it away."
MOST_WATCHES = 6
"""More would leave no room for the equations."""


class Seeking(Viewing):
    """g, full stop and comma, w and W."""

    sought: Query | None = None
    """The last condition that was gone to."""

    def action_go(self) -> None:
        """Ask where to go."""
        self.ask("go", "go to ", "", _GO)

    def typed_go(self, text: str) -> None:
        """Go there, or say why not; what was typed stays."""
        try:
            place = place_of(self.present, text, self.cursor)
            if place is None:
                self.sought = self._condition(text)
        except ValueError as error:
            self.say(self.prompt.pointed(error))
            return
        self.stop_typing()
        if isinstance(place, Spot):
            self.change_view(spot=place)
            self.action_show_view("weights")
        elif place is not None:
            if self.view.looked_at is not None:  # what is gone to is no weight
                self.action_show_view("score")
            self.cursor = place
        else:
            self.action_again(1)

    def _condition(self, text: str) -> Query:
        """What is typed as a condition. Raises ValueError where it is none."""
        query = parse_query(text, self.present)
        if not query.is_condition:
            raise ValueError("a condition compares: loss[t] > 2, x[t] == \"l\"")
        return query

    def action_again(self, step: int) -> None:
        """The next or the previous timestep where the last condition holds."""
        if self.sought is None:
            self.say(f"{self.sign('go')} asks for a condition first, such as loss[t] > 2")
            return
        try:
            query = self.sought.bind(self.present)
        except ValueError as error:
            self.say(str(error).splitlines()[0])
            return
        t = query.find(self.cursor.t, step)
        if t is None:
            self.say(nowhere(query, self.cursor.t, step))
            return
        self.cursor = self.track.to_timestep(self.cursor, t)
        onward, back = self.sign("go.next"), self.sign("go.previous")
        self.say(f"{self.sought.text} at t {t}; {onward} the next, {back} the one before")

    # Watching.

    def action_watch(self) -> None:
        """Ask for an expression; the selected number is offered."""
        offered = expression(self.present, self.cursor, self.view.looked_at)
        self.ask("watch", "watch ", offered, _WATCH)

    def typed_watch(self, text: str) -> None:
        """Pin it, or take it away, or say what is wrong."""
        text = text.strip()
        kept = tuple(watched for watched in self.view.watches if watched != text)
        try:
            if len(kept) == len(self.view.watches):
                kept = (*kept, query_of(self.present, text).text)
        except ValueError as error:
            self.say(self.prompt.pointed(error))
            return
        if len(kept) > MOST_WATCHES:
            self.say(f"{MOST_WATCHES} are watched already; {self.sign('watch.less')} takes the last one away")
            return
        self.stop_typing()
        self.change_view(watches=kept)

    def action_unwatch(self) -> None:
        """Take the last one away."""
        self.change_view(watches=self.view.watches[:-1])

    def on_prompt_changed(self, message: PromptChanged) -> None:
        """Say what is wrong while it is typed, or what comes out."""
        if message.kind in ("watch", "go") and message.text.strip():
            self.say(self._preview(message.kind, message.text))

    def _preview(self, kind: str, text: str) -> str:
        try:
            if kind == "go" and place_of(self.present, text, self.cursor):
                return _GO
            query = parse_query(text.strip(), self.present)
        except ValueError as error:
            return self.prompt.pointed(error)
        return said(query, self.present, self.cursor, self.look)
