"""Every command once: its keys, and what footer, palette and help call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True)
class Command:
    """Something that a key does."""

    id: str
    keys: tuple[str, ...]
    action: str
    title: str
    """In the palette."""
    help: str
    signs: str
    """The keys as a reader knows them."""
    footer: str = ""
    """What the footer says; empty for what is only in help and palette."""
    footer_signs: str = ""
    """The keys as the footer shows them, for this command and its opposite together."""
    short: str = ""
    """What the footer says where room is short; "-" for nothing."""

    @property
    def binding(self) -> Binding:
        """The keys for Textual."""
        return Binding(",".join(self.keys), self.action, self.title, show=False, id=self.id)


_ANYWHERE = (
    Command(
        "theme", ("t",), "app.turn_theme", "Light or dark", "change between the dark and the light theme", "t"
    ),
    Command("help", ("question_mark",), "app.show_help", "Help", "this page", "?", "help"),
    Command("quit", ("q",), "app.quit", "Quit", "leave", "q", "quit"),
)

PLAYER = (
    Command("line.next", ("right", "l"), "move('next_line')", "Next line", "one line on; then the next timestep",
            "→ l", "line", footer_signs="←→"),
    Command("line.previous", ("left", "h"), "move('previous_line')", "Previous line", "one line back", "← h"),
    Command("timestep.next", ("right_square_bracket",), "move('next_timestep')", "Next timestep",
            "the same line of the timestep that this pass comes to next", "]", "timestep",
            footer_signs="[ ]", short="t"),
    Command("timestep.previous", ("left_square_bracket",), "move('previous_timestep')", "Previous timestep",
            "the same line of the timestep that this pass came from", "["),
    Command("unit.next", ("down", "j"), "move('next_unit')", "Next unit", "the unit to the right", "↓ j", "unit",
            footer_signs="↑↓"),
    Command("unit.previous", ("up", "k"), "move('previous_unit')", "Previous unit", "the unit to the left", "↑ k"),
    Command("line.open", ("enter",), "open", "Open the line, or go to an operand",
            "into the operations of a line; then to the marked operand", "Enter", "open"),
    Command("line.back", ("backspace",), "move('back')", "Back from an operand, or close the line",
            "back to where the operand was read; then out of the line", "Backspace", "back", footer_signs="Bksp"),
    Command("operand.next", ("tab",), "mark(1)", "Mark the next operand", "mark the next operand, for Enter", "Tab",
            "mark", short="-"),
    Command("operand.previous", ("shift+tab",), "mark(-1)", "Mark the operand before", "mark the operand before",
            "Shift+Tab"),
    Command("turn", ("b",), "move('turn')", "Turn around", "to the other pass, where it was left", "b",
            "backward"),
    Command("edit", ("e",), "edit", "Edit",
            "set the selected number, or another one, such as f[2,3] or W_f[3,5]",
            "e", "edit"),
    Command("edit.more", ("plus", "equals_sign"), "nudge(1)", "A little more", "the selected number, a little more",
            "+ ="),
    Command("edit.less", ("minus",), "nudge(-1)", "A little less", "the selected number, a little less", "-"),
    Command("edit.undo", ("u",), "undo", "Undo", "take the last edit back", "u", "undo", short="-"),
    Command("edit.original", ("0",), "original", "Original", "back to the numbers before all edits", "0"),
    Command("edit.list", ("E",), "list_edits", "List of edits", "every edit, and what it did to the loss", "E"),
    Command("go", ("g",), "go", "Go to", "to a place or where something holds: t=12, c[2,3], loss[t] > 2",
            "g", "go to"),
    Command("go.next", ("full_stop",), "again(1)", "Go on", "the next timestep where that holds", "."),
    Command("go.previous", ("comma",), "again(-1)", "Go back", "the timestep before where that holds", ","),
    Command("watch", ("w",), "watch", "Watch", "pin an expression to the tape, such as norm(dh[t])", "w", "watch"),
    Command("watch.less", ("W",), "unwatch", "Watch one less", "take the last watched expression away", "W"),
    Command("view.next", ("v",), "view(1)", "Next view", "equations, output, weights, gradients over time, both runs",
            "v", "view"),
    Command("view.previous", ("V",), "view(-1)", "View before", "the view before", "V"),
    Command("view.compare", ("x",), "compare", "Compare", "the run before all edits beside the present one", "x"),
    Command("temperature.colder", ("left_parenthesis",), "temperature(-1)", "Colder", "a lower temperature", "(",
            footer_signs="( )"),
    Command("temperature.warmer", ("right_parenthesis",), "temperature(1)", "Warmer", "a higher temperature", ")"),
    Command("play", ("space",), "play", "Play", "walk on by itself, and stop", "Space", "play", short="-"),
    Command("play.slower", ("less_than_sign",), "speed(-1)", "Play slower", "play slower", "<"),
    Command("play.faster", ("greater_than_sign",), "speed(1)", "Play faster", "play faster", ">"),
    Command("pass.home", ("home",), "move('home')", "Beginning of the pass", "the first line of this pass", "Home",
            "ends", footer_signs="Home End", short="-"),
    Command("pass.end", ("end",), "move('end')", "End of the pass", "the last line of this pass", "End"),
    Command("scale", ("s",), "app.turn_scale", "Scale of gradients",
            "measure gradients against the whole pass, or against their own timestep", "s", "scale"),
    Command("leave", ("escape",), "leave", "Back to the list", "back to the list", "Esc", "list"),
    *_ANYWHERE,
)  # fmt: skip

HOME = (
    Command("entry.next", ("down", "j"), "move(1)", "Next entry", "the next entry", "↓ j", "choose", footer_signs="↑↓"),
    Command("entry.previous", ("up", "k"), "move(-1)", "Previous entry", "the entry before", "↑ k"),
    Command("entry.open", ("enter", "right", "l"), "open", "Open", "open the entry", "Enter", "open"),
    *_ANYWHERE,
)  # fmt: skip


def bindings(commands: Sequence[Command]) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The keys of a screen."""
    return [command.binding for command in commands]


def hints(
    commands: Sequence[Command], labels: Mapping[str, str], narrow: bool = False
) -> Iterator[tuple[Command, str, str]]:
    """What the footer shows: the command, its keys and its label; `labels` are those of the moment."""
    for command in commands:
        label = labels.get(command.id, command.footer)
        if label == command.footer and narrow and command.short:
            label = command.short
        if label and label != "-":
            yield command, command.footer_signs or command.signs, label
