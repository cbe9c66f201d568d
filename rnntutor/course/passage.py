"""What the prose panel says on a walk: the moment's words, or what came of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rnntutor.course.asking import foreseen
from rnntutor.course.lesson import Choice, Do, Number, Pick
from rnntutor.course.telling import blocks, filled
from rnntutor.course.walk import Walk
from rnntutor.play.knobs import KNOBS
from rnntutor.show.prose import Block, Passage, Spans
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number

Sign = Callable[[str], str]
"""The key of a command."""

_PICK = {
    "unit": "Move to the unit, then {key}.",
    "timestep": "Move to the timestep, then {key}.",
    "line": "Move to the line, then {key}.",
}


def passage(walk: Walk, scene: Scene, sign: Sign, *, away: bool = False) -> Passage:
    """All that is said now, of the moment's own `scene`, or of the one in which something was brought about.

    What an answer sets off is told of the numbers that came of it.
    `away` says that the learner has left the moment's place.
    """
    if walk.over:
        return _end(walk, sign)
    place = f"{walk.k + 1} of {walk.count}" if walk.review is None else f"review, {len(walk.review)} to go"
    said = [*_told(walk, scene), *_asked(walk, scene, sign)] if walk.verdict is None and not walk.shown else []
    said += _answered(walk, scene, sign)
    if away and walk.settled:
        said.append(_note(f"You have left this moment; {sign('moment.return')} returns."))
    return Passage(place, walk.words.title, tuple(said))


def _note(text: str) -> Block:
    return Block(((text, ""),), "note")


def _told(walk: Walk, scene: Scene) -> Iterator[Block]:
    yield from blocks(walk.words.text, scene, walk.t(scene))


def _asked(walk: Walk, scene: Scene, sign: Sign) -> Iterator[Block]:
    """The question, its choices, the hints so far, and how to answer."""
    ask, words, t = walk.ask, walk.words, walk.t(scene)
    if ask is None:
        return
    yield from blocks(words.ask, scene, t, "question")
    if isinstance(ask, Choice):
        yield from _choices(walk, scene, ask)
    yield from _hints(walk, scene)
    yield _note(_how(walk, sign))


def _choices(walk: Walk, scene: Scene, ask: Choice) -> Iterator[Block]:
    for k, name in enumerate(ask.choices, 1):
        label = walk.words.labels.get(name)
        spans = filled(label, scene, walk.t(scene)) if label else ((name, ""),)
        yield Block(spans, "choice", str(k))


def _hints(walk: Walk, scene: Scene) -> Iterator[Block]:
    for hint in walk.words.hints[: walk.hints]:
        yield from (Block(k.spans, "hint", "hint") for k in blocks(hint, scene, walk.t(scene)))


def _how(walk: Walk, sign: Sign) -> str:
    """How the question is answered, and what else can be done."""
    match walk.ask:
        case Choice():
            how = f"1 to {len(walk.ask.choices)} answers"
        case Number():
            how = f"{sign('answer')} types the number"
        case Pick():
            how = _PICK[walk.ask.pick].format(key=sign("answer")).rstrip(".")
        case Do() if any(text.startswith("learn") for text in walk.ask.solution):
            how = f"{sign('learn')} trains once, {sign('learn.on')} a hundred times"
        case Do() if any(text.partition(" ")[0] in KNOBS for text in walk.ask.solution):
            how = "the right setting answers"
        case _:
            how = f"{sign('edit')} edits, and that answers"
    left = len(walk.words.hints) - walk.hints
    hint = f" · {sign('hint')} hint" if left else ""
    return f"{how}{hint} · {sign('answer.show')} shows the answer · {sign('moment.next')} skips"


def _answered(walk: Walk, scene: Scene, sign: Sign) -> Iterator[Block]:
    """Right or wrong, why, and what the answer would have meant."""
    verdict, words, t = walk.verdict, walk.words, walk.t(scene)
    if verdict is None and not walk.shown:
        return
    after = foreseen(walk.ask, scene) if walk.settled else scene
    on = words.on.get(verdict.on, []) if verdict and not walk.shown else []
    yield from _joined(_verdict(walk, scene), blocks(on, after, t))
    if walk.settled:
        yield from blocks(words.then, after, t)
    else:
        yield from _told(walk, scene)
        yield from _asked(walk, scene, sign)


def _joined(verdict: Block, told: tuple[Block, ...]) -> Iterator[Block]:
    """The verdict and what is said on it, on one line where both are words."""
    if told and told[0].kind == "text":
        yield replace(verdict, spans=(*verdict.spans, (" ", ""), *told[0].spans))
        yield from told[1:]
    else:
        yield verdict
        yield from told


def _verdict(walk: Walk, scene: Scene) -> Block:
    """What was answered, and whether that is right."""
    verdict, t = walk.verdict, walk.t(scene)
    if verdict is None or walk.shown:
        return Block(((f"The answer: {_written(walk, scene)}.", ""),), "right")
    label = walk.words.labels.get(verdict.on)
    chosen: Spans = ((*filled(label, scene, t), (".", ""))) if label else (("Right." if verdict.right else "", ""),)
    if verdict.right:
        return Block(chosen, "right")
    told = ((verdict.said, ""),) if verdict.said and verdict.on not in walk.words.on else ()
    return Block((*chosen, *told) if label or told else (("Not so.", ""),), "wrong")


def _written(walk: Walk, scene: Scene) -> str:
    """The right answer in words."""
    answer = walk.right_answer(scene)
    match walk.ask:
        case Choice():
            label = walk.words.labels.get(str(answer))
            return "".join(text for text, _ in filled(label, scene, walk.t(scene))) if label else str(answer)
        case Number():
            return f"{answer:.0f}" if float(answer).is_integer() else number(float(answer), signed=False)
        case Pick():
            return f"{walk.ask.pick} {answer}"
        case Do():
            return f"for example {answer}"
    return str(answer)


def _end(walk: Walk, sign: Sign) -> Passage:
    """The end of the lesson: how it went."""
    asked = [moment.id for moment in walk.opened.lesson.moments if moment.ask is not None]
    if not asked:
        leads = f"That was the last moment; {sign('moment.previous')} goes back, {sign('leave')} leads to the list."
        return Passage("the end", walk.opened.lesson.title, (_note(leads),))
    answers = walk.progress.answers
    right = sum(name in answers and answers[name].right for name in asked)
    first = sum(name in answers and answers[name].right_first for name in asked)
    told = [Block(((f"{right} of {len(asked)} questions are answered, {first} at once.", ""),))]
    if right < len(asked):
        told.append(_note(f"{sign('moment.next')} asks the open ones again, {sign('leave')} leads to the list."))
    else:
        told.append(_note(f"{sign('leave')} leads to the list, where the next lesson is marked."))
    return Passage("the end", walk.opened.lesson.title, tuple(told))
