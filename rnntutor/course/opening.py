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
from rnntutor.course.report import Report, one_line
from rnntutor.course.words import Words, parse_words
from rnntutor.engine.ops import Array
from rnntutor.engine.recurrent import forget_biases, recurrent, with_forget_bias, with_sigma_max
from rnntutor.engine.shapes import infer
from rnntutor.model import Model, load_model
from rnntutor.play.episodes import scene_of
from rnntutor.play.knobs import turned
from rnntutor.show.replay import knowing
from rnntutor.show.scene import Scene
from rnntutor.show.texts import counted
from rnntutor.tasks.captioning import taught, told
from rnntutor.tasks.chars import spoken
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.sequences import episode
from rnntutor.training import PLAYED, Settings, inside, learning_of, record_of, training, untrained
from rnntutor.training import read_text as text_of
from rnntutor.vision.drawing import parse_drawing
from rnntutor.vision.picture import Picture

Tell = Callable[[str], None]
Wrong = Callable[[LessonError, str, str], None]
"""Takes what is wrong, the kind of table it is in, and its name."""
MOST_ITERATIONS = 3000
MOST_SECONDS = 10.0
"""Of a training on a learner's own text: nobody should have to wait for longer."""


def _silent(_: str) -> None:
    """Say nothing."""


def _raised(error: LessonError, *_: str) -> None:
    """Go no further."""
    raise error


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


def open_lesson(
    lesson: Lesson, text: str | None = None, tell: Tell = _silent, picture: Picture | None = None
) -> Opened:
    """Everything of a lesson. With a `text` or a `picture` its networks take that instead of the lesson's own.

    Raises LessonError naming the file, or ValueError for a text that cannot be read or learned.
    """
    if text and lesson.moments and not lesson.own_text:
        raise LessonError(f"lesson {lesson.id} speaks of its own text; leave out --text")
    sees = [network for network in lesson.networks.values() if network.picture]
    if picture is not None and not (sees and lesson.own_text):
        raise LessonError(f"lesson {lesson.id} shows no picture of one's own; leave out --image")
    if text and sees:
        raise LessonError(f"lesson {lesson.id} tells of pictures; give one with --image instead of --text")
    own = bool(lesson.moments and (text or picture))
    report = Report(lesson)
    words = parse_words(read_text(report.words_file), report.words_file, report.problems)
    check_names(words, report)
    if report.problems:
        raise report.problems[0].error
    if own:
        lesson = lesson.over_own_text()
    return Opened(lesson, words, open_networks(lesson, text, tell, picture=picture), own_text=own)


def check_names(words: Mapping[str, Words], report: Report) -> None:
    """Tell every moment without words, and every network that is not there."""
    networks = report.lesson.networks
    for k, moment in enumerate(report.lesson.moments):
        if moment.id and moment.id not in words:
            what = f"moment {moment.id} has no heading in {report.words_file.name}: ## Title {{#{moment.id}}}"
            report.tell(what, "moment", k, "id")
        if k not in report.lesson.unread and moment.network and moment.network not in networks:
            what = f"there is no network {moment.network!r}; there are {', '.join(networks)}"
            report.tell(f"moment {moment.id}: {what}", "moment", k, "network")


def open_networks(
    lesson: Lesson,
    text: str | None = None,
    tell: Tell = _silent,
    wrong: Wrong = _raised,
    picture: Picture | None = None,
) -> dict[str, Scene]:
    """The scene of every network, each knowing what the lesson measured.

    Raises ValueError naming what is wrong; or with a `wrong`, which is given all of it, leaves that out.
    """
    scenes, facts = dict[str, Scene](), dict[str, float]()
    for name in lesson.networks:
        try:
            scenes[name] = open_network(lesson, name, text, tell, picture)
        except LessonError as error:
            wrong(error, "network", name)
    own = text if lesson.moments else None
    for name, settings in lesson.measures.items():
        try:
            facts |= _measured(lesson, name, _over(settings, own), scenes)
        except LessonError as error:
            if not own:  # a learner's text may be too short to be measured; what would quote it says so
                wrong(error, "measure", name)
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
    """What a measurement gives, under its name; nothing where its network could not be opened. Raises LessonError."""
    try:
        kind, network, rest = _asked(lesson, settings)
        return measured(name, kind, scenes[network], rest) if network in scenes else {}
    except (ValueError, OverflowError) as error:
        what = one_line(error).removeprefix(f"{name}: ")
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: measure {name}: {what}") from error


def _asked(lesson: Lesson, settings: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Kind and network of a measurement, and its other settings with texts in the place of files."""
    texts = {"kind": "", "network": lesson.first, "file": "", **settings}
    for key in ("kind", "network", "file"):
        if not isinstance(texts[key], str):
            raise ValueError(f"{key}: a text is wanted, not {texts[key]!r}")
    if texts["network"] not in lesson.networks:
        raise ValueError(f"there is no network {texts['network']!r}; there are {', '.join(lesson.networks)}")
    rest = {key: value for key, value in settings.items() if key not in ("kind", "network")}
    if isinstance(rest.get("words"), str):
        rest["words"] = read_text(inside(lesson.folder, rest["words"])).split()
    if "file" in rest:
        rest["file"] = read_text(inside(lesson.folder, rest["file"]))
    return texts["kind"], texts["network"], rest


def open_network(
    lesson: Lesson, name: str, text: str | None = None, tell: Tell = _silent, picture: Picture | None = None
) -> Scene:
    """The scene of one network. Raises LessonError naming it."""
    try:
        if lesson.networks[name].picture:
            return _captioned(lesson, name, picture)
        return _opened(lesson, name, text, tell)
    except (ValueError, OverflowError, MemoryError) as error:
        if isinstance(error, ValueError) and (text or isinstance(error, LessonError)):
            raise  # what a learner brings is no fault of the lesson
        what = "too large for the memory of this machine" if isinstance(error, MemoryError) else one_line(error)
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: network {name}: {what}") from error


def _opened(lesson: Lesson, name: str, text: str | None, tell: Tell) -> Scene:
    network, settings = lesson.networks[name], settings_of(lesson, name)
    own = text if lesson.moments and settings.task == "chars" else None
    model = _tuned(_model(lesson, name, settings, own, tell), network)
    title = _title(lesson)
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


def _captioned(lesson: Lesson, name: str, picture: Picture | None) -> Scene:
    """The scene of a network that tells of a picture: the lesson's, or a learner's own."""
    network, settings = lesson.networks[name], settings_of(lesson, name)
    if settings.task != "captions":
        raise ValueError(f"picture: a network of the task captions sees one, not of {settings.task}")
    model = _tuned(_model(lesson, name, settings, None, _silent), network)
    seen, speak, title = picture or pictured(network.picture), network.speak, _title(lesson)
    if speak is None:
        scene = scene_of(taught(model, seen, network.play, title))
        return replace(scene, name=name, learning=learning_of(model.record))
    episode = told(
        model, seen, title, how=speak.how, temperature=speak.temperature, seed=speak.seed, limit=speak.length
    )
    return replace(scene_of(episode), name=name)


def _title(lesson: Lesson) -> str:
    return f"{lesson.number}  {lesson.title}" if lesson.number else lesson.title


def pictured(drawing: str) -> Picture:
    """What the network sees of a drawing in words. Raises ValueError where it is none."""
    return Picture.of(parse_drawing(drawing))


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
        except (TypeError, ValueError, OverflowError) as error:
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
    if text:
        return _trained(settings, lesson, text, tell)
    return load_model(inside(lesson.folder, lesson.model(name).name))


def _trained(settings: Settings, lesson: Lesson, text: str, tell: Tell) -> Model:
    """A model trained on a text, as its settings say."""
    settings = replace(settings, iterations=min(settings.iterations, MOST_ITERATIONS))
    end = perf_counter() + MOST_SECONDS
    tell(f"a network of {counted(settings.hidden, 'unit')} learns your text, {settings.iterations:,} iterations")
    for progress, model in training(settings, text, record_of(settings, "", text), lesson.folder):
        if progress.iteration == settings.iterations or perf_counter() > end:
            return model
    raise ValueError("text: too short to learn from")


def settings_of(lesson: Lesson, name: str) -> Settings:
    """How a network is trained. Raises LessonError naming the table that is wrong."""
    try:
        return Settings.of(lesson.training(name))
    except (ValueError, OverflowError) as error:
        raise LessonError(f"{lesson.folder / 'lesson.toml'}: network {name}: {error}") from error
