"""Every command once: its keys, and what footer, palette and help call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding

from rnntutor.app.keynames import sign
from rnntutor.show.look import UNICODE, Glyphs

Group = Literal["lesson", "move", "look", "edit", "go", "elsewhere"]


@dataclass(frozen=True)
class Command:
    """Something that a key does."""

    id: str
    keys: tuple[str, ...]
    """As Textual calls them; the first one stands in the footer."""
    action: str
    title: str
    """In the palette."""
    help: str
    group: Group
    """Where the help page lists it."""
    footer: str = ""
    """What the footer says; empty for what is only in help and palette."""
    pair: str = ""
    """The opposite command, whose key the footer shows before this one's."""
    short: str = ""
    """What the footer says where room is short; "-" for nothing."""

    @property
    def binding(self) -> Binding:
        """The keys for Textual."""
        return Binding(",".join(self.keys), self.action, self.title, show=False, id=self.id)

    def signs(self, glyphs: Glyphs = UNICODE) -> str:
        """The keys as a reader knows them: → l."""
        return " ".join(sign(key, glyphs) for key in self.keys)


_ANYWHERE = (
    Command("theme", ("t",), "app.turn_theme", "Light or dark", "change between the dark and the light theme", "look"),
    Command("quit", ("q",), "app.quit", "Quit", "leave", "elsewhere", "quit"),
    Command("help", ("question_mark",), "app.show_help", "Help", "this page", "elsewhere", "help"),
)

PLAYER = (
    Command("moment.next", ("n",), "moment(1)", "Next moment", "the next moment of the lesson", "lesson", "next",
            pair="moment.previous"),
    Command("moment.previous", ("p",), "moment(-1)", "Moment before", "the moment before", "lesson"),
    Command("answer", ("a",), "answer", "Answer", "answer the question: by the playhead's place, or with a number",
            "lesson", "answer"),
    Command("hint", ("H",), "hint", "Hint", "a hint, one more each time", "lesson", "hint", short="-"),
    Command("answer.show", ("A",), "show_answer", "Show the answer",
            "show the answer; the question comes again at the end", "lesson"),
    Command("moment.return", ("r",), "return", "Return to the moment",
            "back to the moment's place and numbers, wherever you are", "lesson", "return"),
    Command("moment.read", ("m",), "read", "Read the moment", "all that the moment says, on a page", "lesson"),
    Command("line.next", ("right", "l"), "move('next_line')", "Next line", "one line on; then the next timestep",
            "move", "line", pair="line.previous"),
    Command("line.previous", ("left", "h"), "move('previous_line')", "Previous line", "one line back", "move"),
    Command("timestep.next", ("right_square_bracket",), "move('next_timestep')", "Next timestep",
            "the same line of the timestep that this pass comes to next", "move", "timestep",
            pair="timestep.previous", short="t"),
    Command("timestep.previous", ("left_square_bracket",), "move('previous_timestep')", "Previous timestep",
            "the same line of the timestep that this pass came from", "move"),
    Command("unit.next", ("down", "j"), "move('next_unit')", "Next unit", "the unit to the right", "move", "unit",
            pair="unit.previous"),
    Command("unit.previous", ("up", "k"), "move('previous_unit')", "Previous unit", "the unit to the left", "move"),
    Command("line.open", ("enter",), "open", "Open the line, or go to an operand",
            "into the operations of a line; then to the marked operand", "go", "open"),
    Command("line.back", ("backspace",), "move('back')", "Back from an operand, or close the line",
            "back to where the operand was read; then out of the line", "go", "back"),
    Command("operand.next", ("tab",), "mark(1)", "Mark the next operand", "mark the next operand, to go there", "go",
            "mark", short="-"),
    Command("operand.previous", ("shift+tab",), "mark(-1)", "Mark the operand before", "mark the operand before", "go"),
    Command("turn", ("b",), "move('turn')", "Turn around", "to the other pass, where it was left", "go",
            "backward"),
    Command("edit", ("e",), "edit", "Edit",
            "set the selected number, or another one, such as f[2,3] or W_f[3,5]",
            "edit", "edit"),
    Command("edit.more", ("plus", "equals_sign"), "nudge(1)", "A little more",
            "the selected number, a little more; flow: σ_max", "edit", pair="edit.less"),
    Command("edit.less", ("minus",), "nudge(-1)", "A little less",
            "the selected number, a little less; flow: σ_max", "edit"),
    Command("edit.undo", ("u",), "undo", "Undo", "take the last edit or training back", "edit", "undo", short="-"),
    Command("edit.original", ("0",), "original", "Original", "back to the numbers before all edits and training",
            "edit"),
    Command("edit.list", ("E",), "list_edits", "List of edits", "every edit, and what it did to the loss", "edit"),
    Command("learn", ("i",), "learn", "Learn once", "one iteration of training on what is played", "edit"),
    Command("learn.on", ("I",), "learn_on", "Learn on", "a hundred iterations, live, and stop", "edit", "learn",
            pair="learn"),
    Command("go", ("g",), "go", "Go to", "to a place or where something holds: t=12, c[2,3], loss[t] > 2", "go",
            "go to"),
    Command("go.next", ("full_stop",), "again(1)", "Go on", "the next timestep where that holds", "go"),
    Command("go.previous", ("comma",), "again(-1)", "Go back", "the timestep before where that holds", "go"),
    Command("watch", ("w",), "watch", "Watch", "pin an expression to the tape, such as norm(dh[t])", "look", "watch"),
    Command("watch.less", ("W",), "unwatch", "Watch one less", "take the last watched expression away", "look"),
    Command("view.next", ("v",), "view(1)", "Next view",
            "equations, picture, beam search, output, weights, gradients over time, training, both runs", "look",
            "view"),
    Command("view.previous", ("V",), "view(-1)", "View before", "the view before", "look"),
    Command("view.compare", ("x",), "compare", "Compare",
            "the run before edits or training, or the networks beside this one", "look"),
    Command("picture.next", ("o",), "shown(1)", "Look closer",
            "picture: what every convolution sees, and where the word comes from", "look", pair="picture.previous"),
    Command("picture.previous", ("O",), "shown(-1)", "Look from farther away", "picture: the same the other way round",
            "look"),
    Command("picture.paint", ("P",), "paint", "Paint on the picture",
            "picture: arrows move a brush, Space paints, Bksp erases, 1-5 choose a colour, Tab holds a shape", "edit"),
    Command("told.draw", ("d",), "draw(1)", "Draw what is said",
            "captions: each word drawn at random, another seed each time", "edit", pair="told.likeliest"),
    Command("told.likeliest", ("D",), "draw(0)", "Say the most probable", "captions: the most probable word each time",
            "edit"),
    Command("temperature.warmer", ("right_parenthesis",), "temperature(1)", "Warmer",
            "output, picture: a higher temperature", "look", pair="temperature.colder"),
    Command("temperature.colder", ("left_parenthesis",), "temperature(-1)", "Colder",
            "output, picture: a lower temperature", "look"),
    Command("flow.length.more", ("asterisk",), "turn('T', 1)", "Twice as long", "flow: twice as many timesteps", "edit",
            pair="flow.length.less"),
    Command("flow.length.less", ("slash",), "turn('T', -1)", "Half as long", "flow: half as many timesteps", "edit"),
    Command("flow.counts", ("L",), "turn('counts', 1)", "Where the loss counts",
            "flow: the loss of the last timestep alone, or of all", "edit"),
    Command("flow.bias.more", ("f",), "turn('forget_bias', 1)", "More forget bias", "flow: a larger forget bias",
            "edit", pair="flow.bias.less"),
    Command("flow.bias.less", ("F",), "turn('forget_bias', -1)", "Less forget bias", "flow: a smaller forget bias",
            "edit"),
    Command("flow.window", ("T",), "turn('window', 1)", "Truncate", "flow: cut the gradient every few timesteps",
            "edit"),
    Command("flow.clip", ("c",), "turn('clip', 1)", "Clip", "flow: clip the gradient at a larger norm, or not at all",
            "edit", pair="flow.clip.less"),
    Command("flow.clip.less", ("C",), "turn('clip', -1)", "Clip at less", "flow: clip it at a smaller norm", "edit"),
    Command("page.down", ("pagedown",), "page(1)", "Page down", "weights: many rows down", "move"),
    Command("page.up", ("pageup",), "page(-1)", "Page up", "weights: many rows up", "move"),
    Command("play", ("space",), "play", "Play", "walk on by itself, and stop", "move", "play", short="-"),
    Command("play.slower", ("less_than_sign",), "speed(-1)", "Play slower", "play slower", "move"),
    Command("play.faster", ("greater_than_sign",), "speed(1)", "Play faster", "play faster", "move"),
    Command("pass.home", ("home",), "move('home')", "Beginning of the pass", "the first line of this pass", "go"),
    Command("pass.end", ("end",), "move('end')", "End of the pass", "the last line of this pass", "go",
            "ends", pair="pass.home", short="-"),
    Command("scale", ("s",), "app.turn_scale", "Scale of gradients",
            "measure gradients against the whole pass, or against their own timestep", "look", "scale"),
    Command("race", ("R",), "race", "Race", "let cells learn the same task, and see which does best", "elsewhere"),
    Command("copy", ("y",), "app.copy_number", "Copy the number", "copy the selected number, every digit of it",
            "elsewhere"),
    Command("copy.page", ("Y",), "app.copy_page", "Copy the page", "copy the page as text", "elsewhere"),
    Command("picture", ("S",), "app.save_picture", "Save a picture", "save the screen as a picture, an SVG file",
            "elsewhere"),
    Command("leave", ("escape",), "leave", "Back to the list", "back to the list", "elsewhere", "list"),
    *_ANYWHERE,
)  # fmt: skip

HOME = (
    Command("entry.next", ("down", "j"), "move(1)", "Next entry", "the next entry", "move", "choose",
            pair="entry.previous"),
    Command("entry.previous", ("up", "k"), "move(-1)", "Previous entry", "the entry before", "move"),
    Command("entry.first", ("home",), "end(-1)", "First entry", "the first entry", "move"),
    Command("entry.last", ("end",), "end(1)", "Last entry", "the last entry", "move"),
    Command("entry.open", ("enter", "right", "l"), "open", "Open", "open the entry", "go", "open"),
    Command("entry.continue", ("c",), "resume", "Continue", "go on where you left off", "go", "continue"),
    Command("entry.search", ("slash",), "search", "Search", "search titles, summaries and headings", "go", "search"),
    Command("entry.forget", ("R",), "forget", "Forget progress", "forget how far you are in the marked lesson",
            "elsewhere"),
    *_ANYWHERE,
)  # fmt: skip

EDITOR = (
    Command("draft.step", ("ctrl+r", "f5"), "step", "Step through it",
            "step through the cell, with fresh weights", "go", "step"),
    Command("draft.check", ("ctrl+g", "f4"), "check", "Check the gradient",
            "hold the backward pass against finite differences", "look", "check"),
    Command("draft.save", ("ctrl+s", "f2"), "save", "Save", "save the equations as a file that ends in .eq", "edit",
            "save"),
    Command("draft.open", ("ctrl+o", "f3"), "open", "Open another", "open a cell by name, or a file with equations",
            "edit", "open"),
    Command("draft.text", ("ctrl+t", "f8"), "ask('text')", "Change the text", "the text that the cell reads", "edit",
            "text"),
    Command("draft.units", ("ctrl+n", "f9"), "ask('units')", "Change the units", "how many units its states have",
            "edit", "units"),
    Command("draft.other", ("tab", "shift+tab"), "other", "To the other side",
            "to what the equations mean, where keys scroll, and back", "move", "scroll", short="-"),
    Command("draft.theme", ("ctrl+l", "f12"), "app.turn_theme", "Light or dark",
            "change between the dark and the light theme", "look"),
    Command("draft.leave", ("escape",), "leave", "Back", "back to where you came from", "elsewhere", "back"),
    Command("draft.help", ("f1",), "app.show_help", "Help", "this page", "elsewhere", "help"),
)  # fmt: skip
"""Where letters are text, so that keys are others."""

TRAINING = (
    Command("training.rest", ("space",), "rest", "Pause, or go on", "pause the training, or go on", "move", "pause"),
    Command("training.next", ("right", "l"), "choose(1)", "Next iteration", "the next iteration", "move", "iteration",
            pair="training.previous"),
    Command("training.previous", ("left", "h"), "choose(-1)", "Iteration before", "pause, and the iteration before",
            "move"),
    Command("training.next.ten", ("right_square_bracket",), "choose(10)", "Ten on", "ten iterations on", "move", "ten",
            pair="training.previous.ten", short="-"),
    Command("training.previous.ten", ("left_square_bracket",), "choose(-10)", "Ten back", "ten iterations back",
            "move"),
    Command("training.next.hundred", ("right_curly_bracket",), "choose(100)", "A hundred on", "a hundred on", "move",
            "hundred", pair="training.previous.hundred", short="-"),
    Command("training.previous.hundred", ("left_curly_bracket",), "choose(-100)", "A hundred back", "a hundred back",
            "move"),
    Command("training.open", ("enter",), "open", "Step into the iteration",
            "step through the iteration: its own batch, with the weights before its update", "go", "step into"),
    Command("training.save", ("s", "ctrl+s"), "save", "Save", "save the model as it is", "edit", "save"),
    Command("training.leave", ("escape",), "leave", "Back to the list", "back to the list", "elsewhere", "list"),
    *_ANYWHERE,
)  # fmt: skip

SCREENS = (PLAYER, HOME, EDITOR, TRAINING)
"""The commands of every screen; within one a key does one thing."""


def bindings(commands: Sequence[Command]) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The keys of a screen."""
    return [command.binding for command in commands]


def hints(
    commands: Sequence[Command], labels: Mapping[str, str], narrow: bool = False, glyphs: Glyphs = UNICODE
) -> Iterator[tuple[Command, str, str]]:
    """What the footer shows: the command, its keys and its label; `labels` are those of the moment.

    After what a lesson asks for comes what works only now, then what always does.
    """
    by_id = {command.id: command for command in commands}
    for command in sorted(commands, key=_urgency):
        label = labels.get(command.id, command.footer)
        if label == command.footer and narrow and command.short:
            label = command.short
        signs = _footer_signs(command, by_id, glyphs)
        if signs and label and label != "-":
            yield command, signs, label


def _urgency(command: Command) -> int:
    return 0 if command.group == "lesson" else 1 if not command.footer else 2


def _footer_signs(command: Command, by_id: Mapping[str, Command], glyphs: Glyphs) -> str:
    """The first key of a command, and that of its opposite before it: ←→."""
    both = [by_id[command.pair], command] if command.pair else [command]
    found = [sign(k.keys[0], glyphs) for k in both if k.keys]
    return ("" if all(k in glyphs.arrows for k in found) else " ").join(found)


def palette_only(panels: Sequence[str], views: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Title, words and action of what has no key of its own: the views by name, a copy of every panel, the editor."""
    from rnntutor.show.views import VIEWS  # only in the player, where NumPy is there already

    for name in views:
        yield f"View: {name}", VIEWS[name].title, f"show_view({name!r})"
    yield "Edit this cell", "write on its equations", "app.edit_cell"
    for name in panels:
        yield f"Copy: {name}", "this panel as text", f"app.copy_panel({name!r})"
