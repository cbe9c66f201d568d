"""Lessons: the shipped ones open, and a wrong lesson.toml is one line that names file and field."""

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from rnntutor.cli import cli
from rnntutor.course import lessons
from rnntutor.course.lesson import Lesson
from rnntutor.course.lessons import find_lesson, lessons_folder, list_lessons
from rnntutor.course.measures import samples
from rnntutor.course.opening import open_lesson, settings_of
from rnntutor.course.problem import LessonError
from rnntutor.course.reading import MAX_BYTES, load_lesson
from rnntutor.engine.cell import cell_text
from rnntutor.model import save_model
from rnntutor.training import untrained

GOOD = """
format_version = 1
id = "mine"

[network.model]
play = "hello"

[network.model.train]
text = "hello"
hidden = 3
"""
OWN = GOOD.replace('id = "mine"', 'id = "mine"\nown_text = true')
MOMENT = """
[[moment]]
id = "first"
"""
WORDS = "# Mine\n\nA lesson.\n\n## First {#first}\n\nWords.\n"
LESSONS = list_lessons()
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


def write(folder: Path, text: str = GOOD, words: str = WORDS) -> Path:
    """A lesson's folder."""
    folder.mkdir(exist_ok=True)
    (folder / "lesson.toml").write_text(text, encoding="utf-8")
    (folder / "en.md").write_text(words, encoding="utf-8")
    return folder


@every_lesson
def test_a_shipped_lesson_opens(lesson: Lesson) -> None:
    """Its settings are settings, its networks are there, and each has as many units as they say."""
    opened = open_lesson(lesson)
    for name, scene in opened.scenes.items():
        assert scene.run[scene.run.cell.states[-1]].shape[-1] == settings_of(lesson, name).hidden
        assert len(scene.symbols) == scene.run["p"].shape[-1]


@every_lesson
def test_a_shipped_lesson_is_written_with_care(lesson: Lesson) -> None:
    """Words fit into one line of the list; nothing lies in the folder that no one reads."""
    assert lesson.title.isprintable()
    assert lesson.summary.isprintable()
    assert lesson.summary.endswith(".")
    trained = {lesson.model(name).name for name in lesson.trained}
    files = {k.train["file"] for k in lesson.networks.values() if "file" in k.train}
    files |= {cell for k in lesson.networks.values() if (cell := k.train.get("cell", "")).endswith(".eq")}
    files |= {measure["file"] for measure in lesson.measures.values() if "file" in measure}
    assert {entry.name for entry in lesson.folder.iterdir()} == {"lesson.toml", "en.md"} | trained | files


def test_the_course_comes_first_and_in_its_order() -> None:
    numbers = [lesson.number for lesson in LESSONS]
    course = [number for number in numbers if number]
    assert course == list(range(1, len(course) + 1))
    assert numbers[: len(course)] == course
    assert len({lesson.id for lesson in LESSONS}) == len(LESSONS)


def test_finding_a_lesson() -> None:
    """By id, by the name of its folder, by a path; a lesson of the course also by number."""
    first = LESSONS[0]
    for name in (first.id, first.folder.name, str(first.folder), *([str(first.number)] if first.number else [])):
        assert find_lesson(name) == first


def test_a_lesson_that_is_not_there() -> None:
    with pytest.raises(LessonError, match=r"'nonesuch'; there are .*hello"):
        find_lesson("nonesuch")
    with pytest.raises(LessonError, match=r"'helo'; did you mean hello\?"):
        find_lesson("helo")


def test_a_wrong_lesson_does_not_stop_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The good ones are there, under their numbers; the wrong one tells what is wrong when it is asked for."""
    write(tmp_path / "01-first", "no toml")
    write(tmp_path / "02-second", GOOD + MOMENT)
    monkeypatch.setattr(lessons, "lessons_folder", lambda: tmp_path)
    [good] = list_lessons()
    assert (good.id, good.number) == ("mine", 2)
    for name in ("mine", "2", "02-second", "second"):
        assert find_lesson(name) == good
    for name in ("1", "01-first", "first"):
        with pytest.raises(LessonError, match=r"01-first/lesson\.toml: "):
            find_lesson(name)


def test_a_lesson_of_ones_own(tmp_path: Path) -> None:
    lesson = find_lesson(str(write(tmp_path / "mine")))
    assert lesson.networks["model"].play == "hello"
    assert lesson.model("model") == tmp_path / "mine" / "model.safetensors"
    assert open_lesson(lesson).scenes["model"].run["h"].shape == (4, 1, 3)


def test_a_checkout_has_its_lessons_beside_the_package() -> None:
    assert (lessons_folder() / "hello" / "lesson.toml").is_file()


def test_another_text(tmp_path: Path) -> None:
    """Of a course lesson the networks learn the learner's text, with its own characters."""
    trained = GOOD.replace("hidden", "iterations = 3\nhidden")
    lesson = load_lesson(write(tmp_path / "mine", trained + MOMENT))
    with pytest.raises(LessonError, match="lesson mine speaks of its own text; leave out --text"):
        open_lesson(lesson, "abcabc")
    kept = f'{MOMENT}{MOMENT.replace("first", "second")}own_text = false\n'
    words = f"{WORDS}## Second {{#second}}\n\nWords.\n"
    lesson = load_lesson(write(tmp_path / "mine", trained.replace("\n[", "\nown_text = true\n[", 1) + kept, words))
    told: list[str] = []
    opened = open_lesson(lesson, "abcabc", told.append)
    assert opened.scenes["model"].symbols == ("a", "b", "c")
    assert [moment.id for moment in opened.lesson.moments] == ["first"]
    assert len(lesson.moments) == 2
    assert told == ["a network of 3 units learns your text, 3 iterations"]


MEASURED = """
[measure.it]
kind = "variety"
first = "\\n"
stop = "\\n"
count = 5
words = "en.md"
"""


@pytest.mark.parametrize("text", ["ab\nabc\n", "abcab"])
def test_a_measurement_over_another_text(text: str, tmp_path: Path) -> None:
    """The words are those of that text, and it begins as the text does where the lesson's beginning is not in it."""
    folder = write(tmp_path, OWN.replace('"hello"', '"h\\ne\\n"') + MEASURED + MOMENT)
    assert open_lesson(load_lesson(folder)).scene(0).facts["it_known"] == 0
    facts = open_lesson(load_lesson(folder), text).scene(0).facts
    subject = open_lesson(load_lesson(folder), text).scene(0)
    said = samples(subject, first="\n", stop="\n", count=5) if "\n" in text else samples(subject, first="a", count=5)
    assert facts["it_known"] == sum(word in text.split() for word in said) / 5
    assert facts["it_distinct"] == len(set(said))


# What is wrong -> (lesson.toml, words of the message).
WRONG: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "format_version should be 1, not None"),
    "no TOML": ("id =", "Invalid value"),
    "no text": (b"\xff\xfe\x00", "this is not UTF-8 text (byte 0)"),
    "NUL": (bytes(100), "Invalid"),
    "a future format": (GOOD.replace("= 1", "= 2"), "format_version should be 1, not 2"),
    "truth as format": (GOOD.replace("= 1", "= true"), "format_version should be 1, not True"),
    "a fraction as format": (GOOD.replace("= 1", "= 1.0"), "format_version should be 1, not 1.0"),
    "no id": (GOOD.replace('id = "mine"', ""), "id"),
    "an id of another type": (GOOD.replace('"mine"', "7"), "id: Expected a text, got int"),
    "an id with a slash": (GOOD.replace('"mine"', '"../x"'), "'../x' should be a name"),
    "no network": (GOOD[: GOOD.index("[network")], "network"),
    "nothing to play of it": (GOOD.replace("play", "plays"), "plays"),
    "no training": (GOOD.split("[network.model.train]", maxsplit=1)[0], "train"),
    "a field twice": (GOOD.replace("id =", "format_version ="), "line 3"),
    "nested deep": (f"format_version = {'[' * 20_000}", "lesson.toml"),
    "huge": ("#" * (MAX_BYTES + 1), "at most"),
    "a moment without an id": (GOOD + "[[moment]]", "id"),
    "two moments of one name": (GOOD + MOMENT + MOMENT, "two moments are called 'first'"),
    "an unknown setting": (GOOD + MOMENT + "att = 1", "moment first: there is no setting 'att'"),
    "iterations without end": (GOOD + MOMENT + "learn = 100_001", "moment first, learn: Expected int <= 100000"),
    "a speech of nothing": (GOOD.replace("play =", 'speak = { first = "h", length = 0 }#'), "speak.length: Expected"),
    "a training without end": (GOOD + MOMENT + "[moment.ask]\nkind = 'number'\nanswer = '1'\ntolerance = 1\nlearn = -1",
                               "ask.learn: Expected int >= 0"),
    "thousands of figures": (GOOD.replace("= 3", "= 3" + "0" * 5000), "digits"),
    "an unknown kind": (GOOD + MOMENT + '[moment.ask]\nkind = "guess"', "Invalid value 'guess'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_lesson_is_one_line(name: str, tmp_path: Path) -> None:
    text, words = WRONG[name]
    file = tmp_path / "lesson.toml"
    (tmp_path / "en.md").write_text(WORDS)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    start = time.perf_counter()
    with pytest.raises(LessonError) as caught:
        load_lesson(tmp_path)
    assert time.perf_counter() - start < 1
    assert str(caught.value).startswith(f"{file}:")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["model.safetensors", "own.eq", "own.txt"])
def test_a_link_that_leaves_the_folder(name: str, tmp_path: Path) -> None:
    """Weights, a cell and a text: good ones, but they lie elsewhere."""
    text = {
        "model.safetensors": GOOD + "iterations = 3",
        "own.eq": GOOD + 'cell = "own.eq"',
        "own.txt": GOOD.replace('text = "hello"', 'file = "own.txt"'),
    }[name]
    lesson = load_lesson(write(tmp_path / "mine", text))
    file, elsewhere = lesson.folder / name, tmp_path / name
    match file.suffix:
        case ".eq":
            file.write_text(cell_text("rnn")[0])
        case ".txt":
            file.write_text("hello")
        case _:
            save_model(file, untrained(settings_of(lesson, "model"), "hello"))
    assert open_lesson(lesson).scenes
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(LessonError, match=r"network model: .*a lesson's files should be in the lesson's folder"):
        open_lesson(lesson)


def test_a_moment_that_is_half_written(tmp_path: Path) -> None:
    """What would fail at that moment is told before the lesson begins, with its line."""
    second = MOMENT.replace("first", "second")
    lesson = load_lesson(write(tmp_path, GOOD + MOMENT + second))
    line = (GOOD + MOMENT).count("\n") + 3
    with pytest.raises(LessonError, match=rf"lesson\.toml:{line}: moment second has no heading in en\.md"):
        open_lesson(lesson)
    words = f"{WORDS}\n## Second {{#second}}\n\nWords.\n"
    lesson = load_lesson(write(tmp_path, f'{GOOD}{MOMENT}{second}network = "big"\n', words))
    with pytest.raises(LessonError, match=rf"lesson\.toml:{line + 1}: moment second: there is no network 'big'"):
        open_lesson(lesson)


def test_training_needs_no_words(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", GOOD + "iterations = 2")
    (folder / "en.md").unlink()
    with pytest.raises(LessonError, match=r"en\.md: No such file"):
        find_lesson(str(folder))
    done = CliRunner().invoke(cli, ["train", "--lesson", str(folder)], standalone_mode=False)
    assert done.exit_code == 0
    assert (folder / "model.safetensors").is_file()


def test_a_lesson_file_that_is_no_file(tmp_path: Path) -> None:
    """A pipe that nobody writes to is not waited for."""
    os.mkfifo(tmp_path / "lesson.toml")
    with pytest.raises(LessonError, match="not a file"):
        load_lesson(tmp_path)


def test_a_folder_without_a_lesson(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="No such file"):
        load_lesson(tmp_path)
