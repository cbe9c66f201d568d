"""Checking a lesson: everything that is wrong with it, at once, each with its file and line.

Besides names and queries it holds a lesson to what the course promises: no number is typed into prose, no answer into a
question, nothing is told before it is on the screen, and every question can be answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from rnntutor.course.asking import right_answer
from rnntutor.course.lesson import Ask, Choice, Do, Lesson, Moment, Number, Pick
from rnntutor.course.opening import Opened, facts_of, open_network
from rnntutor.course.problem import LessonError, Problem
from rnntutor.course.reading import read_lesson, read_text
from rnntutor.course.staging import Staged, done, place, staged
from rnntutor.course.telling import written
from rnntutor.course.toml_lines import Lines
from rnntutor.course.words import Paragraph, Piece, Words, parse_words
from rnntutor.play.cursor import Cursor
from rnntutor.show import VIEW_NAMES
from rnntutor.show.replay import knowing
from rnntutor.show.scene import Scene
from rnntutor.show.watch import is_known, query_of

_TYPED = re.compile(r"(?<![\w₀-₉\[.])[-+−]?\d+(?:[.,]\d+)?(?![\w\]])")
"""A number in prose."""
_FREE = re.compile(r"\b(?:t|unit|units|lesson|line|key|step|[A-Z]\w*) ?[-+−]?\d+|\b(?:1[89]|20)\d\d\b|\b[01]\b")
"""Where figures are no number of a run: places, years, and the zero and one of one-hot, gates and bounds."""
PICKS = ("unit", "timestep", "line")


def check_lesson(folder: Path) -> list[Problem]:
    """All that is wrong with a lesson, in the order of its files."""
    problems: list[Problem] = []
    lesson = read_lesson(folder, problems)
    if lesson is not None:
        _Checker(lesson, problems).check()
    return sorted(set(problems), key=lambda problem: (problem.file.name != "lesson.toml", problem.line, problem.text))


class _Checker:
    """Plays a lesson through and writes down what does not hold."""

    def __init__(self, lesson: Lesson, problems: list[Problem]) -> None:
        self.lesson, self.problems = lesson, problems
        self.file, self.words_file = lesson.folder / "lesson.toml", lesson.folder / f"{lesson.LANGUAGE}.md"
        self.lines = Lines(read_text(self.file))

    def check(self) -> None:
        """Everything."""
        words = self._words()
        self._check_files()
        scenes = {name: scene for name in self.lesson.networks if (scene := self._scene(name)) is not None}
        if len(scenes) < len(self.lesson.networks):
            return  # without its numbers nothing of a moment can be judged
        try:
            facts = facts_of(self.lesson, scenes)
        except ValueError as error:
            self._tell(str(error), "measure")
            return
        opened = Opened(self.lesson, words, {name: knowing(scene, facts) for name, scene in scenes.items()})
        for k, moment in enumerate(self.lesson.moments):
            self._check_moment(opened, k, moment)

    # Files and headings.

    def _words(self) -> dict[str, Words]:
        """The words, held against the moments: each has its heading, in the same order."""
        try:
            words = parse_words(read_text(self.words_file), self.words_file, self.problems)
        except LessonError:
            return {}  # told already, with the title
        ids = [moment.id for moment in self.lesson.moments]
        for k, name in enumerate(ids):
            if name not in words:
                self._tell(f"moment {name} has no heading in {self.words_file.name}: ## Title {{#{name}}}", "moment", k)
        for name, told in words.items():
            if name not in ids:
                self._say(told.line, f"no moment of lesson.toml is called {name!r}")
        if list(words) != ids and set(words) == set(ids):
            first = next(name for name, other in zip(words, ids, strict=True) if name != other)
            self._say(words[first].line, f"the moment {first!r} stands elsewhere in lesson.toml; keep the same order")
        return words

    def _check_files(self) -> None:
        """Nothing lies in the folder that no one reads."""
        networks = self.lesson.networks.items()
        known = {self.file.name, self.words_file.name}
        known |= {f"{name}.safetensors" for name, k in networks if "iterations" in k.train}
        known |= {k.train[key] for _, k in networks for key in ("file", "cell") if isinstance(k.train.get(key), str)}
        known |= {k["words"] for k in self.lesson.measures.values() if isinstance(k.get("words"), str)}
        for path in sorted(self.lesson.folder.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                self.problems.append(Problem(path, 0, "nothing in lesson.toml speaks of this file"))

    def _scene(self, name: str) -> Scene | None:
        try:
            return open_network(self.lesson, name)
        except ValueError as error:
            self._tell(f"network {name}: {str(error).removeprefix(f'{self.file}: ')}", "network", name)
            return None

    # Moments.

    def _check_moment(self, opened: Opened, k: int, moment: Moment) -> None:
        """One moment: its settings, its words, its question."""
        tell = partial(self._tell_moment, k, moment)
        if moment.network and moment.network not in self.lesson.networks:
            return tell(f"there is no network {moment.network!r}", "network")
        if moment.view not in VIEW_NAMES:
            tell(f"there is no view {moment.view!r}; there are {', '.join(VIEW_NAMES)}", "view")
        try:
            stage = staged(opened, k)
        except ValueError as error:
            name, _, what = _one_line(error).partition(": ")
            return tell(f"{name}: {what}", name)
        words = opened.words.get(moment.id)
        shown = self._check_ask(stage, moment.ask, tell) if moment.ask is not None else stage
        if words is not None:
            self._check_words(words, moment.ask, stage, shown)
        return None

    def _check_ask(self, stage: Staged, ask: Ask, tell: Callable[..., None]) -> Staged:
        """The question; gives what is on the screen after the answer."""
        scene, t = stage.history.scene, stage.cursor.t
        after = stage.cursor
        try:
            if ask.reveal:
                after = place("reveal", scene, ask.reveal)
            answer = right_answer(ask, scene, t)
        except ValueError as error:
            tell(_one_line(error), "ask")
            return stage
        match ask:
            case Choice():
                if len(ask.choices) < 2:
                    tell("a choice needs two at least", "ask", "choices")
                self._check_hidden(scene, stage.cursor, after, ask.choices.values(), tell)
            case Number():
                self._check_hidden(scene, stage.cursor, after, [ask.answer], tell)
                self._check_slips(ask, scene, t, tell)
            case Pick():
                if ask.pick not in PICKS:
                    tell(f"pick should be one of {', '.join(PICKS)}, not {ask.pick!r}", "ask", "pick")
                if ask.pick == "unit" and not 0 <= float(answer) < scene.size(stage.cursor):
                    tell(f"there is no unit {answer} under the playhead", "ask", "answer")
            case Do():
                return self._check_do(stage, ask, tell)
        return Staged(stage.history, after, stage.view)

    def _check_hidden(
        self, scene: Scene, before: Cursor, after: Cursor, queries: Iterable[str], tell: Callable[..., None]
    ) -> None:
        """An answer is not on the screen before it is asked for, and it is there afterwards."""
        asked = [query_of(scene, text) for text in queries]
        if any(not query.reads for query in asked):
            tell("an answer reads something of the run; no answer is typed into a question", "ask")
        if all(is_known(scene, before, query, before.t) for query in asked):
            tell("the answer is on the screen already; ask before it is computed", "ask")
        if not all(is_known(scene, after, query, before.t) for query in asked):
            tell("the answer is not on the screen afterwards; say where to go with reveal", "ask")

    def _check_slips(self, ask: Number, scene: Scene, t: int, tell: Callable[..., None]) -> None:
        """A slip is told from the answer and from other slips."""
        right = float(right_answer(ask, scene, t))
        for name, text in ask.slips.items():
            try:
                value = query_of(scene, text).at(t)
            except ValueError as error:
                tell(f"slip {name}: {_one_line(error)}", "ask", "slips")
                continue
            if abs(float(value) - right) <= ask.tolerance:
                tell(f"slip {name} is within the tolerance of the answer", "ask", "slips")

    def _check_do(self, stage: Staged, ask: Do, tell: Callable[..., None]) -> Staged:
        """What is to be brought about is not so yet, and the solution brings it about."""
        t, history = stage.cursor.t, stage.history
        try:
            if query_of(history.scene, ask.answer).at(t):
                tell("this holds already; nothing is left to do", "ask", "answer")
            for text in ask.solution:
                history = done(history, text)
            if not query_of(history.scene, ask.answer).at(t):
                tell("the solution does not bring it about", "ask", "solution")
        except ValueError as error:
            tell(_one_line(error), "ask", "solution")
        return Staged(history, stage.cursor, stage.view)

    # Words.

    def _check_words(self, words: Words, ask: Ask | None, stage: Staged, after: Staged) -> None:
        """Every section, with what is on the screen when it is said."""
        self._check_sections(words, ask)
        told = [*words.text, *words.ask, *words.labels.values(), *(k for hint in words.hints for k in hint)]
        for paragraph in told:
            self._check_paragraph(paragraph, stage)
        for paragraph in [*(k for said in words.on.values() for k in said), *words.then]:
            self._check_paragraph(paragraph, after)

    def _check_sections(self, words: Words, ask: Ask | None) -> None:
        """The sections fit the question."""
        if not words.text and not words.ask:
            self._say(words.line, "nothing is said at this moment")
        if ask is None:
            for name, line in words.lines.items():
                self._say(line, f"### {name} belongs to a question, and lesson.toml asks none at {words.id}")
            return
        for name, there in (("ask", words.ask), ("then", words.then)):
            if not there:
                self._say(words.line, f"the question of {words.id} wants a section ### {name}")
        choices = list(ask.choices) if isinstance(ask, Choice) else []
        if list(words.labels) != choices:
            wanted = f"choices should be {', '.join(choices)}" if choices else "only a choice has choices"
            self._say(words.lines.get("ask", words.line), f"{wanted}, not {', '.join(words.labels) or 'none'}")
        self._check_meanings(words, ask)

    def _check_meanings(self, words: Words, ask: Ask) -> None:
        """Whoever answers wrongly learns what that answer would have meant."""
        match ask:
            case Choice():
                right = self._right
                wanted, known = {name for name in ask.choices if name != right}, set(ask.choices)
            case Number():
                wanted = known = set(ask.slips)
            case Pick(pick="line"):
                wanted, known = set(), set(words.on)
            case _:
                wanted = known = set()
        for name in sorted(wanted - set(words.on)):
            self._say(words.line, f"### if {name} should say what that answer would have meant")
        for name in words.on:
            if name not in known:
                self._say(words.lines[f"if {name}"], f"no answer is called {name!r}")

    def _check_paragraph(self, paragraph: Paragraph, stage: Staged) -> None:
        """Its queries have answers that are on the screen, and no number is typed."""
        for piece in paragraph.queries:
            self._check_query(piece, stage)
        if paragraph.kind in ("formula", "quote"):
            return
        text = "".join(" " if k.form is not None or k.style == "code" else k.text for k in paragraph.pieces)
        for found in _TYPED.findall(_FREE.sub(" ", text)):
            line = next((k.line for k in paragraph.pieces if k.form is None and found in k.text), paragraph.line)
            self._say(line, f"the number {found} is typed; write a query in braces, or quote a source with >")

    def _check_query(self, piece: Piece, stage: Staged) -> None:
        scene, head = stage.history.scene, stage.cursor
        try:
            query = query_of(scene, piece.text)
        except ValueError as error:
            self._say(piece.line, _one_line(error))
            return
        if written(query, piece.form or "", scene, head.t) in ("nan", "?"):
            self._say(piece.line, f"{{{piece.text}}} has no answer at t {head.t}")
        elif not is_known(scene, head, query, head.t):
            self._say(piece.line, f"{{{piece.text}}} is told before it is on the screen")

    # Saying it.

    def _tell(self, text: str, *path: str | int) -> None:
        self.problems.append(Problem(self.file, self.lines.of(*path), text))

    def _tell_moment(self, k: int, moment: Moment, text: str, *path: str) -> None:
        self._tell(f"moment {moment.id}: {text}", "moment", k, *path)

    def _say(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.words_file, line, text))


def _one_line(error: ValueError) -> str:
    """What is wrong, without the picture of the place."""
    from rnntutor.engine.syntax import EquationError

    if isinstance(error, EquationError):
        return f"{error.source}: {error.what}{f'; {error.hint}' if error.hint else ''}"
    return str(error).splitlines()[0]
