"""What is asked for in the editor: a file to save to, another cell, another text, more units."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from textual.events import DescendantFocus

from rnntutor.app.messages import PromptChanged, PromptLeft, PromptTyped
from rnntutor.app.screens.drafting import Drafting
from rnntutor.app.widgets.prompt import Prompt
from rnntutor.engine.cell import cell_text, shipped_cells
from rnntutor.show.draft import brief
from rnntutor.show.texts import words
from rnntutor.tasks.drafting import SUFFIX, Draft, Writing, drafted, tidy, units
from rnntutor.writing import replace_file, write_new

_HINTS = {
    "save": "Enter saves the equations under this name, Esc leaves",
    "open": f"Enter opens one of {', '.join(shipped_cells())}, or a file that ends in {SUFFIX}",
    "text": "Enter takes this text: at least two different characters",
    "units": "Enter takes this many units",
}
_LABELS = {"save": "save as ", "open": "open ", "text": "text ", "units": "units "}


def target_of(name: str) -> Path:
    """The file that is meant; its ending may go without saying. Raises ValueError for no name, or another ending."""
    name = name.strip()
    path = Path(name).expanduser()
    if not name or not path.name or not name.isprintable():
        raise ValueError(f"a name is wanted, such as mine{SUFFIX}")
    if path.suffix not in ("", SUFFIX):
        raise ValueError(f"a name that ends in {SUFFIX} is wanted, not in {path.suffix}")
    return path if path.suffix else path.with_name(path.name + SUFFIX)


class Keeping(Drafting):
    """Ctrl+S, Ctrl+O, Ctrl+T and Ctrl+N; Esc."""

    @cached_property
    def prompt(self) -> Prompt:
        """The line in which something is typed."""
        return self.query_one(Prompt)

    @property
    def typing(self) -> bool:
        """Whether something is typed there."""
        return self.is_mounted and self.prompt.is_open

    def action_ask(self, kind: str) -> None:
        """Open the line in which something is typed."""
        offered = {"save": self.written.place, "open": "", "text": self.over, "units": str(self.hidden)}
        self.prompt.open(kind, _LABELS[kind], offered[kind])
        self.asked = ""
        self.say(_HINTS[kind])

    def action_save(self) -> None:
        """Ask where."""
        self.action_ask("save")

    def action_open(self) -> None:
        """Ask what."""
        self.action_ask("open")

    def stop_typing(self) -> None:
        """Back to the text."""
        if self.typing:
            self.prompt.close()
            self.equations.focus()
        self.say("")

    def on_prompt_left(self, _: PromptLeft) -> None:
        """Escape."""
        self.stop_typing()

    def on_prompt_changed(self, message: PromptChanged) -> None:
        """Another name: what was asked about the one before is over."""
        self.asked = ""
        if message.kind in _HINTS:
            self.say(_HINTS[message.kind])

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A click into the text leaves what is asked."""
        if self.typing and event.widget is self.equations:
            self.stop_typing()

    def on_prompt_typed(self, message: PromptTyped) -> None:
        """Do it, or say why not; what was typed stays."""
        does = {"save": self._save, "open": self._open, "text": self._take_text, "units": self._take_units}
        try:
            done = does[message.kind](message.text)
        except OSError as error:
            self.say(words(f"{error.filename or message.text}: {error.strerror or error}", self.look))
        except (ValueError, RuntimeError) as error:  # the latter where ~ has no home
            self.say(words(str(error).splitlines()[0], self.look))
        else:
            if done is not None:
                self.stop_typing()
                self.say(words(done, self.look))

    def _sure(self, what: str, question: str) -> bool:
        """Whether this was asked just before; if not, ask."""
        if self.asked == what:
            return True
        self.asked = what
        self.say(words(question, self.look))
        return False

    def _save(self, name: str) -> str | None:
        path, text = target_of(name), self.equations.text
        data = (text.rstrip("\n") + "\n").encode()
        if path.exists() and not path.is_file():
            raise ValueError(f"{path}: this is not a file")
        if not path.exists():
            write_new(path, data)
        elif self._sure(f"save {path}", f"{path} is there already; Enter again writes over it"):
            replace_file(path, data)
        else:
            return None
        self.kept, self.written = text, Writing(text, path.name, self.hidden, str(path))
        self.name_it()
        self.up_to_date()
        if self.error is None:
            return f"saved {path.absolute()}"
        return f"saved, but {brief(self.error)} ({path.absolute()})"

    def _open(self, name: str) -> str | None:
        name = name.strip()
        text, title = cell_text(name if name in shipped_cells() else Path(name).expanduser())
        text = tidy(text)
        lost = self.unsaved
        if lost and not self._sure(f"open {name}", f"Enter again opens {title}, and {lost} will be lost"):
            return None
        place = Writing(text, title).place if name in shipped_cells() else name
        self.start(Writing(text, title, self.hidden, place))
        return ""

    def start(self, writing: Writing) -> None:
        """Write on these equations."""
        self.written, self.draft = writing, None
        self.equations.load_text(writing.text)
        self.kept = self.equations.text
        self.name_it()
        self.read()

    def _take_text(self, text: str) -> str:
        self._fits(self.hidden, text)
        self.over = text
        self.reread()
        return ""

    def _take_units(self, typed: str) -> str:
        try:
            hidden = units(int(typed))
        except ValueError as error:
            raise ValueError(f"a whole number of units is wanted, such as 8, not {typed.strip()!r}") from error
        self._fits(hidden, self.over)
        self.hidden = hidden
        self.reread()
        return ""

    def _fits(self, hidden: int, over: str) -> Draft | None:
        """Raise ValueError where what could be read last cannot be played like that."""
        return drafted(self.draft.own.text, self.written.title, hidden, over) if self.draft is not None else None

    def action_leave(self) -> None:
        """Back to where one came from, but not without a word where something would be lost."""
        lost = self.unsaved
        ask = f"{self.sign('draft.leave')} again leaves, and {lost} will be lost; {self.sign('draft.save')} saves it"
        if not lost or self._sure("leave", ask):
            self.app.pop_screen()
