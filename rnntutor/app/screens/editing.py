"""Setting numbers by hand."""

from __future__ import annotations

from rnntutor.app.screens.edits import EditsScreen
from rnntutor.app.screens.stage import Stage
from rnntutor.play.history import History
from rnntutor.play.typed import parse_edit
from rnntutor.show.aside import place_of_aside
from rnntutor.show.change import Place, number_at
from rnntutor.show.edits import done_so_far, label
from rnntutor.show.scales import full_box
from rnntutor.show.spot import entry, matrices
from rnntutor.show.texts import number

_NO_GRADIENTS = "Gradients follow from values and cannot be set."
_NO_STEP = "What lies inside a line cannot be set; its end can."
_NO_SAYING = "{name} cannot be set: the loss follows from what goes into it."
_SET = "set "


def short(error: ValueError | str) -> str:
    """What the engine says, without the name of the argument."""
    text = str(error)
    return text.removeprefix("name: ").removeprefix("value: ")


class Editing(Stage):
    """e, + and -, u, 0 and E."""

    def editable(self) -> Place:
        """The number under the playhead. Raises ValueError where it cannot be set."""
        scene, cursor, spot = self.present, self.cursor, self.view.looked_at
        if spot is not None:
            known = matrices(scene)
            if spot.gradient:
                raise ValueError(_NO_GRADIENTS)
            if not known.shapes:
                raise ValueError("This cell has no parameters.")
            return Place(known.names[known.index(spot)], None, entry(scene, spot))
        if cursor.aside is not None:
            place = place_of_aside(scene, cursor, cursor.aside)
            if place is not None:
                return place
        if cursor.direction == "backward":
            raise ValueError(_NO_GRADIENTS)
        if scene.inside(cursor):
            raise ValueError(_NO_STEP)
        if scene.program("forward").feeds_loss(scene.here(cursor)):
            raise ValueError(_NO_SAYING.format(name=scene.current_line(cursor).name))
        return scene.place(cursor)

    def action_edit(self) -> None:
        """Open the line in which a number is typed."""
        try:
            hint = f"Enter sets it, Esc leaves. Or name another: {self._examples()}"
            self.ask("edit", self._selected(self.editable()), "", hint)
        except ValueError as error:
            self.ask("edit", _SET, "", f"Name what to set: {self._examples()}. {error}")

    def _examples(self) -> str:
        """What can be set, by names that are there: h[2,0] = 0, h[2] = 0 for all units, W[0,1] = 0."""
        run, t = self.present.run, self.cursor.t
        name = run.cell.states[0] if run.cell.states else run.cell.lines[0].name
        known = [f"{name}[{t},0] = 0", f"{name}[{t}] = 0 for all units"]
        matrix = next((k for k, p in run.params.items() if p.ndim == 2), None)
        return ", ".join([*known, f"{matrix}[0,1] = 0"] if matrix else known)

    def _selected(self, place: Place) -> str:
        """f₂[3] = +0.615 → ."""
        glyphs = self.look.glyphs
        return f"{place.write(glyphs)} = {number(number_at(self.present.run, place))} {glyphs.becomes} "

    def follow_edit(self) -> None:
        """What is typed is for the number under the playhead."""
        try:
            self.prompt.name_it(self._selected(self.editable()))
        except ValueError:
            self.prompt.name_it(_SET)

    def typed_edit(self, text: str) -> None:
        """Set it, or say why not; what was typed stays."""
        try:
            place, value = parse_edit(text, self.present, self._meant(text))
            history = self.history.do(place, value)
        except ValueError as error:
            self.say(short(self.prompt.pointed(error)))
            return
        self.prompt.close()
        self._did(history)

    def _meant(self, text: str) -> Place:
        """The number under the playhead, for what a text leaves open; where that cannot be set, the text has to say."""
        named = text.rpartition("=")[0].strip()
        return Place("", self.cursor.t, (self.cursor.unit,)) if named else self.editable()

    def action_nudge(self, sign: int) -> None:
        """A tenth of the scale more or less."""
        try:
            place = self.editable()
            history = self.history.nudge(place, sign * 0.1 * self._scale())
        except ValueError as error:
            self.say(short(error))
            return
        self._did(history)

    def _scale(self) -> float:
        """What counts as much at the number under the playhead."""
        scene = self.present
        return 1.0 if self.cursor.aside or self.view.looked_at else full_box(scene, "forward", scene.stop(self.cursor))

    def _did(self, history: History) -> None:
        self.show(history)
        self.say(label(history.scene.changes[-1], self.look))

    def action_undo(self) -> None:
        """The scene before the last edit or training."""
        self._go_back(self.history.undo())

    def action_original(self) -> None:
        """The scene before all edits and training."""
        done = done_so_far(self.present)
        self._go_back(self.history.reset())
        if done:
            self.say(f"{done} taken back; {self.sign('edit.undo')} brings {'it' if done[:2] == '1 ' else 'them'} again")

    def _go_back(self, history: History) -> None:
        self.say("" if history != self.history else "Nothing is edited.")
        self.show(history)

    def action_list_edits(self) -> None:
        """The list over the screen."""
        self.halt()
        self.app.push_screen(EditsScreen(self.present, self.look))
