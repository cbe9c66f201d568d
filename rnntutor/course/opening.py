"""From a lesson to scenes: every network is made or loaded, and run on what the lesson plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rnntutor.course.lesson import Lesson, Network
from rnntutor.course.problem import LessonError
from rnntutor.course.reading import read_text
from rnntutor.course.words import Words, parse_words
from rnntutor.model import Model, load_model
from rnntutor.play.episodes import scene_of
from rnntutor.show.scene import Scene
from rnntutor.tasks.chars import Vocabulary, episode
from rnntutor.training import PLAYED, Settings, build, record_of, training
from rnntutor.training import read_text as text_of

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Opened:
    """A lesson with its words and its networks, ready to be played."""

    lesson: Lesson
    words: Mapping[str, Words]
    """By moment."""
    scenes: Mapping[str, Scene]
    """By network."""

    def scene(self, k: int) -> Scene:
        """The scene of a moment, before anything is edited."""
        return self.scenes[self.lesson.network_of(k)]


def open_lesson(lesson: Lesson, text: str | None = None, tell: Tell = lambda _: None) -> Opened:
    """Everything of a lesson. With a `text` its networks read that instead of the lesson's own.

    Raises LessonError naming the file, or ValueError for a text that cannot be read or learned.
    """
    problems: list[Any] = []
    file = lesson.folder / f"{lesson.LANGUAGE}.md"
    words = parse_words(read_text(file), file, problems)
    if problems:
        raise problems[0].error
    scenes = {name: open_network(lesson, name, text, tell) for name in lesson.networks}
    return Opened(lesson, words, scenes)


def open_network(lesson: Lesson, name: str, text: str | None = None, tell: Tell = lambda _: None) -> Scene:
    """The scene of one network."""
    network = lesson.networks[name]
    model = _model(lesson, name, network, text, tell)
    played = text[: max(PLAYED, len(network.play))] if text and lesson.moments else text or network.play
    title = f"{lesson.number}  {lesson.title}" if lesson.number else lesson.title
    scene = scene_of(episode(model, played, title))
    if network.window is None:
        return scene
    return replace(scene, grads=scene.run.backward(scene.grads.seeds, network.window))


def _model(lesson: Lesson, name: str, network: Network, text: str | None, tell: Tell) -> Model:
    """The network with its weights: fresh, trained here on the learner's own text, or loaded."""
    settings = settings_of(lesson, name)
    if text and lesson.moments:
        settings = replace(settings, text=text, file="")
    if "iterations" not in network.train:
        learned = text_of(settings, lesson.folder)
        vocabulary = Vocabulary.of(learned)
        cell, params = build(settings, vocabulary, lesson.folder)
        return Model(cell, params, vocabulary.symbols, record_of(settings, "", learned))
    if text and lesson.moments:
        return _trained(settings, lesson, text, tell)
    return load_model(lesson.model(name))


def _trained(settings: Settings, lesson: Lesson, text: str, tell: Tell) -> Model:
    """A model trained on a text, as its settings say."""
    every = max(1, settings.iterations // 10)
    for progress, model in training(settings, text, record_of(settings, "", text), lesson.folder):
        if progress.iteration % every == 0:
            tell(f"learning your text, {100 * progress.iteration // settings.iterations} %")
        if progress.iteration == settings.iterations:
            return model
    raise ValueError("text: too short to learn from")


def settings_of(lesson: Lesson, name: str) -> Settings:
    """How a network is trained. Raises LessonError naming the table that is wrong."""
    try:
        return Settings.of(lesson.networks[name].train)
    except ValueError as error:
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: network {name}: {error}") from None
