"""From a lesson to scenes: every network is made or loaded, and run on what the lesson plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from rnntutor.course.lesson import Lesson, Network, Speech
from rnntutor.course.measures import measured
from rnntutor.course.problem import LessonError
from rnntutor.course.reading import read_text
from rnntutor.course.words import Words, parse_words
from rnntutor.engine.ops import Array
from rnntutor.engine.recurrent import forget_biases, recurrent, with_forget_bias, with_sigma_max
from rnntutor.engine.shapes import infer
from rnntutor.model import Model, load_model
from rnntutor.play.episodes import scene_of
from rnntutor.play.knobs import turned
from rnntutor.show.replay import knowing
from rnntutor.show.scene import Scene
from rnntutor.tasks.chars import spoken
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.sequences import episode
from rnntutor.training import PLAYED, Settings, inside, learning_of, record_of, training, untrained
from rnntutor.training import read_text as text_of

Tell = Callable[[str], None]
MOST_ITERATIONS = 3000
MOST_SECONDS = 10.0
"""Of a training on a learner's own text: nobody should have to wait for longer."""


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A lesson with its words and its networks, ready to be played."""

    lesson: Lesson
    words: Mapping[str, Words]
    """By moment."""
    scenes: Mapping[str, Scene]
    """By network."""
    own_text: bool = False
    """Whether it is taken over a learner's own text; then it is not the course's progress."""

    def scene(self, k: int) -> Scene:
        """The scene of a moment, before anything is edited."""
        return self.scenes[self.lesson.network_of(k)]


def open_lesson(lesson: Lesson, text: str | None = None, tell: Tell = _silent) -> Opened:
    """Everything of a lesson. With a `text` its networks read that instead of the lesson's own.

    Raises LessonError naming the file, or ValueError for a text that cannot be read or learned.
    """
    if text and lesson.moments:
        if not lesson.own_text:
            raise LessonError(f"lesson {lesson.id} speaks of its own text; leave out --text")
        lesson = lesson.over_own_text()
    problems: list[Any] = []
    file = lesson.folder / f"{lesson.LANGUAGE}.md"
    words = parse_words(read_text(file), file, problems)
    if problems:
        raise problems[0].error
    return Opened(lesson, words, open_networks(lesson, text, tell), own_text=bool(text and lesson.moments))


def open_networks(lesson: Lesson, text: str | None = None, tell: Tell = _silent) -> dict[str, Scene]:
    """The scene of every network, each knowing what the lesson measured. Raises ValueError naming what is wrong."""
    scenes = {name: open_network(lesson, name, text, tell) for name in lesson.networks}
    facts: dict[str, float] = {}
    own = text if lesson.moments else None
    for name, settings in lesson.measures.items():
        try:
            facts |= _measured(lesson, name, _over(settings, own), scenes)
        except ValueError:
            if not own:
                raise
            # A learner's own text may be too short to be measured; what would quote it says so.
    return {name: knowing(scene, facts) for name, scene in scenes.items()} if facts else scenes


def _over(settings: Mapping[str, Any], text: str | None) -> Mapping[str, Any]:
    """The settings of a measurement; over a learner's own text the words and characters are those of that."""
    if not text:
        return settings
    own = dict(settings)
    if "words" in own:
        own["words"] = text.split() or [text]
    if "first" in own and not set(str(own["first"])) <= set(text):
        own["first"] = text[0]
    if "stop" in own and not set(str(own["stop"])) <= set(text):
        del own["stop"]
    return own


def _measured(
    lesson: Lesson, name: str, settings: Mapping[str, Any], scenes: Mapping[str, Scene]
) -> dict[str, float]:
    """What a measurement gives, under its name."""
    rest = {key: value for key, value in settings.items() if key not in ("kind", "network")}
    network = settings.get("network", lesson.first)
    where = f"{lesson.folder / 'lesson.toml'}: measure {name}"
    if network not in scenes:
        raise LessonError(f"{where}: there is no network {network!r}; there are {', '.join(scenes)}")
    if isinstance(rest.get("words"), str):
        rest["words"] = read_text(inside(lesson.folder, rest["words"])).split()
    if isinstance(rest.get("file"), str):
        rest["file"] = read_text(inside(lesson.folder, rest["file"]))
    try:
        return measured(name, settings.get("kind", ""), scenes[network], rest)
    except ValueError as error:
        raise LessonError(f"{where}: {str(error).removeprefix(f'{name}: ')}") from error


def open_network(lesson: Lesson, name: str, text: str | None = None, tell: Tell = _silent) -> Scene:
    """The scene of one network. Raises LessonError naming it."""
    try:
        return _opened(lesson, name, text, tell)
    except ValueError as error:
        if text or isinstance(error, LessonError):
            raise  # what a learner brings is no fault of the lesson
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: network {name}: {error}") from error


def _opened(lesson: Lesson, name: str, text: str | None, tell: Tell) -> Scene:
    network, settings = lesson.networks[name], settings_of(lesson, name)
    own = text if lesson.moments and settings.task == "chars" else None
    model = _tuned(_model(lesson, name, settings, own, tell), network)
    title = f"{lesson.number}  {lesson.title}" if lesson.number else lesson.title
    if network.speak is not None:
        scene = scene_of(_speaking(network.speak, model, own, title))
    else:
        other = text if not lesson.moments else own and own[: max(PLAYED, len(network.play))]
        scene = scene_of(episode(model, other or network.play, title))
    if network.window is not None:
        scene = replace(scene, grads=scene.run.backward(scene.grads.seeds, network.window))
    if network.counts == "last":
        scene = replace(turned(scene, "counts", 1), changes=(), original=None)
    scene = replace(scene, name=name)
    return scene if network.speak is not None else replace(scene, learning=learning_of(model.record))


def _tuned(model: Model, network: Network) -> Model:
    """The model with the weights that the lesson asks for. Raises ValueError naming the setting."""
    step, params = model.cell.step, {**model.params, **_given(model, network.set)}
    if network.sigma_max is not None:
        known = {"x": (len(model.symbols),), **{name: p.shape for name, p in params.items()}}
        params = with_sigma_max(params, recurrent(step, infer(step, known)), network.sigma_max)
    if network.forget_bias is not None:
        params = with_forget_bias(params, forget_biases(step), network.forget_bias)
    return replace(model, params=params)


def _given(model: Model, given: Mapping[str, Any]) -> dict[str, Array]:
    """Parameters as a lesson gives them. Raises ValueError for an unknown one, and for other than its numbers."""
    found = {}
    for name, values in given.items():
        if name not in model.params:
            raise ValueError(f"set: there is no parameter {name!r}; there are {', '.join(model.params)}")
        shape = model.params[name].shape
        try:
            array = np.array(values, np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"set: {name} should hold {_sized(shape)} numbers") from error
        if array.shape not in ((), shape):
            raise ValueError(f"set: {name} should hold {_sized(shape)} numbers, not {_sized(array.shape)}")
        found[name] = np.broadcast_to(array, shape).copy()
    return found


def _sized(shape: tuple[int, ...]) -> str:
    return " by ".join(map(str, shape)) or "1"


def _speaking(speak: Speech, model: Model, text: str | None, title: str) -> Episode:
    """The network speaks; over a text that lacks what it begins with, it begins as the text does."""
    first = speak.first if not text or set(speak.first) <= set(text) else text[0]
    return spoken(model, first, speak.length, title, how=speak.how, temperature=speak.temperature, seed=speak.seed)


def _model(lesson: Lesson, name: str, settings: Settings, text: str | None, tell: Tell) -> Model:
    """The network with its weights: fresh, trained here on the learner's own text, or loaded."""
    settings = replace(settings, text=text, file="") if text else settings
    if "iterations" not in lesson.training(name):
        return untrained(settings, text_of(settings, lesson.folder), lesson.folder)
    return _trained(settings, lesson, text, tell) if text else load_model(lesson.model(name))


def _trained(settings: Settings, lesson: Lesson, text: str, tell: Tell) -> Model:
    """A model trained on a text, as its settings say."""
    settings = replace(settings, iterations=min(settings.iterations, MOST_ITERATIONS))
    end = perf_counter() + MOST_SECONDS
    tell(f"a network of {settings.hidden} units learns your text, {settings.iterations:,} iterations")
    for progress, model in training(settings, text, record_of(settings, "", text), lesson.folder):
        if progress.iteration == settings.iterations or perf_counter() > end:
            return model
    raise ValueError("text: too short to learn from")


def settings_of(lesson: Lesson, name: str) -> Settings:
    """How a network is trained. Raises LessonError naming the table that is wrong."""
    try:
        return Settings.of(lesson.training(name))
    except ValueError as error:
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: network {name}: {error}") from error
