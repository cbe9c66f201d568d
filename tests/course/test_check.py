"""The checker: a lesson laid out anew is right; each thing that can be wrong is told with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rnntutor.course import opening
from rnntutor.course.check import check_lesson
from rnntutor.course.layout import lay_out
from rnntutor.course.problem import LessonError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out("mine", tmp_path)


def problems(folder: Path) -> list[str]:
    """What the checker says, without the folder."""
    return [str(problem).removeprefix(f"{folder}/") for problem in check_lesson(folder)]


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """An author's slip."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def line_of(folder: Path, file: str, words: str) -> int:
    """The line on which something stands."""
    return next(k for k, line in enumerate((folder / file).read_text().splitlines(), 1) if words in line)


def test_a_new_lesson_is_right(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize("name", ["", "A", "a b", "../x", "a" * 50])
def test_a_name_that_no_lesson_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="a name of small letters"):
        lay_out(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_that_is_there_stays(folder: Path) -> None:
    with pytest.raises(LessonError, match="this is there already"):
        lay_out("mine", folder.parent)


TOML, WORDS = "lesson.toml", "en.md"


def measure(text: str) -> tuple[str, str, str, str]:
    """A measurement, and where it is told."""
    kind = "" if "kind" in text else 'kind = "variety"\nfirst = "h"\n'
    return "[[moment]]", f"[measure.m]\n{kind}{text}\n[[moment]]", TOML, "measure.m"


# name -> (file, what stands there, what is written instead, the file and the words where it is told, what is told).
SLIPS: dict[str, tuple[str, str, str, str, str, str]] = {
    "unknown name": (WORDS, "{h[1,2]}", "{k[1,2]}", WORDS, "k[1,2]", "k[1,2]: unknown name 'k'"),
    "no such unit": (WORDS, "{h[1,2]}", "{h[1,9]}", WORDS, "h[1,9]", "there is no such unit"),
    "told too early": (WORDS, "{loss[1]|plain}", "{loss[3]}", WORDS, "loss[3]", "{loss[3]} is told before it is on"),
    "a typed number": (WORDS, "{h[1,2]}", "0.29", WORDS, "0.29", "the number 0.29 is typed"),
    "a typed number after a window": (WORDS, "{h[1,2]}", "window 25, 30", WORDS, "window 25", "the number 30 is typed"),
    "a heading too many": (WORDS, "## Before", "## New {#new}\n\nOh.\n\n## Before", WORDS, "{#new}", "called 'new'"),
    "a heading missing": (WORDS, "{#look}", "{#lok}", TOML, '"look"', "moment look has no heading in en.md"),
    "no explanation": (WORDS, "### if more", "### if mor", WORDS, "{#guess}", "### if more should say"),
    "an explanation of nothing": (WORDS, "### if more", "### if mor", WORDS, "if mor", "no answer of guess is called"),
    "nothing after it": (WORDS, "### then", "### hint", WORDS, "{#guess}", "wants a section ### then"),
    "choices of other names": (WORDS, "- more:", "- mor:", WORDS, "### ask", "the choices are more, less, not mor"),
    "two are right": (TOML, "loss[2] > loss[1]", "loss[2] <= loss[1]", TOML, "[moment.ask]", "just one choice should"),
    "typed into the question": (TOML, "loss[2] > loss[1]", "1 > 2", TOML, "[moment.ask]", "should read something"),
    "seen already": (TOML, "t=2 line=h", "t=3 line=h", TOML, "[moment.ask]", "the answer is on the screen already"),
    "never seen": (TOML, 'reveal = "forward t=2 line=loss"', "", TOML, "[moment.ask]", "not on the screen afterwards"),
    "no such place": (TOML, "t=1 line=h", "t=9 line=h", TOML, "t=9", "moment look: at: t=9 is out of range"),
    "no such view": (TOML, "unit=2", 'unit=2"\nview = "nice', TOML, '"nice"', "there is no 'nice'; there are score, "),
    "no such network": (TOML, "unit=2", 'unit=2"\nnetwork = "big', TOML, '"big"', "there is no network 'big'"),
    "no such network beside": (TOML, "unit=2", 'unit=2"\nbeside = ["big"]#', TOML, "big", "no network 'big'"),
    "a bad sigma_max": (TOML, "[network.model]", "[network.model]\nsigma_max = -1", TOML, "[network.model]",
                        "sigma_max: zero or a number above it is wanted, not -1"),
    "no forget bias": (TOML, "[network.model]", "[network.model]\nforget_bias = 'much'", TOML, "forget_bias",
                       "network model, forget_bias: "),
    "counts somewhere": (TOML, "[network.model]", "[network.model]\ncounts = 'some'", TOML, "counts",
                         "network model, counts: "),
    "a bad watch": (TOML, "unit=2", 'unit=2"\nwatch = ["nom(h)"]#', TOML, "nom", "watch: nom(h): unknown function"),
    "a bad edit": (TOML, "unit=2", 'unit=2"\nedit = ["h[1,1] = x"]#', TOML, "= x", "edit: a number is wanted"),
    "a bad setting": (TOML, "hidden = 3", "hiden = 3", TOML, "network.model]", "hiden is not a setting"),
    "an unreadable text": (TOML, 'play = "hello"', 'play = "hallo"', TOML, "network.model]", "does not know 'a'"),
    "a file outside": (TOML, 'text = "hello"', 'file = "../x"', TOML, "network.model]", "in the lesson's folder"),
    "weights that are not there": (TOML, "seed = 1", "iterations = 5", TOML, "network.model]", "No such file"),
    "a measure of a file outside": (TOML, *measure("words = '../x.txt'"), "files should be in the lesson's folder"),
    "a measure of no file": (TOML, *measure('words = "a\\u0000b"'), "measure m: 'a\\x00b': no file can be called that"),
    "a measure of two kinds": (TOML, *measure("kind = ['a']"), "measure m: kind: a text is wanted, not ['a']"),
    "a measure of two networks": (TOML, *measure("network = ['a']"), "measure m: network: a text is wanted"),
    "a measure of a number": (TOML, *measure("kind = 'race'\nfile = 3"), "measure m: file: a text is wanted, not 3"),
    "no float": (TOML, "[network.model]", f"[network.model]\nset = {{ b = 1{'0' * 400} }}", TOML, "network.model]",
                 "set: b should hold 3 numbers"),
    "units without end": (TOML, "hidden = 3", f"hidden = 3{'0' * 400}", TOML, "network.model]",
                          "hidden: a whole number up to 100,000,000"),
    "layers without end": (TOML, "hidden = 3", "hidden = 3\nlayers = 101", TOML, "network.model]",
                           "layers: a whole number up to 100"),
    "a rate without end": (TOML, "hidden = 3", f"hidden = 3\nrate = 1{'0' * 400}", TOML, "network.model]",
                           "network model: "),
    "no such measure": (TOML, "[[moment]]", "[measure.m]\nkind = 'age'\n[[moment]]", TOML, "measure.m", "kind should"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_where_it_is(name: str, folder: Path) -> None:
    file, old, new, told_in, at, words = SLIPS[name]
    edit(folder, file, old, new)
    found = problems(folder)
    place = f"{told_in}:{line_of(folder, told_in, at)}: "
    assert [problem for problem in found if problem.startswith(place) and words in problem], found


def test_a_network_that_no_memory_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def untrained(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(opening, "untrained", untrained)
    assert problems(folder) == ["lesson.toml:6: network model: too large for the memory of this machine"]


def test_every_network_and_every_measure_at_once(folder: Path) -> None:
    """Of what is measured on a network that is wrong nothing is said."""
    bad = "".join(f"[network.n{k}]\nplay = 'he'\ntrain = {{ text = 'he', hidden = {k} }}\n" for k in (0, -1, 2))
    bad = bad.replace("n-1", "m")
    bad += "[measure.a]\nkind = 'age'\n[measure.b]\nkind = 'no'\n[measure.c]\nkind = 'none'\nnetwork = 'm'\n"
    edit(folder, TOML, "[[moment]]", f"{bad}\n[[moment]]")
    told = [problem.partition(": ")[2] for problem in problems(folder)]
    assert [what.partition(":")[0] for what in told] == ["network n0", "network m", "measure a", "measure b"]


def test_every_setting_of_a_moment_at_once(folder: Path) -> None:
    wrong = 'at = "t=9"\nedit = ["h[1,1] = x"]\nwatch = ["nom(h)"]\nspot = "Q[1,1]"\nshown = "conv1"'
    edit(folder, TOML, 'at = "forward t=1 line=h unit=2"', wrong)
    found = problems(folder)
    for k, setting in enumerate(("at", "edit", "watch", "spot", "shown"), line_of(folder, TOML, "t=9")):
        assert [problem for problem in found if problem.startswith(f"{TOML}:{k}: moment look: {setting}: ")], found


def test_a_moment_that_cannot_be_read_is_still_there(folder: Path) -> None:
    """The others keep their lines, and its heading its name."""
    edit(folder, TOML, "unit=2", 'unit=2"\nviews = "score')
    edit(folder, TOML, "t=2 line=h", "t=9 line=h")
    views, place = line_of(folder, TOML, "views"), line_of(folder, TOML, "t=9")
    told = [problem.partition("; ")[0] for problem in problems(folder)]
    assert told[0] == f"{TOML}:{views}: moment look: there is no setting 'views'"
    assert [what.startswith(f"{TOML}:{place}: moment guess: at: t=9 is out of range") for what in told[1:]] == [True]


def test_a_file_in_a_folder_is_known(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "w.txt").write_text("hello")
    assert problems(folder) == ["sub: nothing in lesson.toml speaks of this file"]
    edit(folder, TOML, 'text = "hello"', 'file = "sub/w.txt"')
    assert problems(folder) == []


def test_everything_at_once(folder: Path) -> None:
    edit(folder, WORDS, "{h[1,2]}", "{k[1,2]} 0.5")
    edit(folder, WORDS, "### if more", "### if mor")
    edit(folder, TOML, 'unit=2"', 'unit=2"\nrace = { cells = ["/etc/passwd"], settings = {} }')
    (folder / "notes.txt").write_text("mine")
    found = problems(folder)
    assert len(found) == 6
    assert [problem for problem in found if "race: cells: '/etc/passwd' is none that came with rnntutor" in problem]
    assert "notes.txt: nothing in lesson.toml speaks of this file" in found


def asking(text: str) -> Callable[[Path], None]:
    """Another question at the second moment."""

    def change(folder: Path) -> None:
        path = folder / TOML
        head = path.read_text()
        path.write_text(head[: head.index("kind =")] + text)
        words = folder / WORDS
        told = words.read_text()
        asked = "### ask\n\nWhat?\n\n### then\n\nSo.\n"
        words.write_text(told[: told.index("### ask")] + asked)

    return change


QUESTIONS = {
    'kind = "number"\nanswer = "loss[2]"\ntolerance = 0.1\nreveal = "forward t=2 line=loss"': "",
    'kind = "number"\nanswer = "total(loss)"\ntolerance = 0.1\nreveal = "forward t=3 line=loss"': "",
    'kind = "number"\nanswer = "loss[2]"\ntolerance = 0\nreveal = "forward t=2 line=loss"': "tolerance should be above",
    'kind = "number"\nanswer = "h[2]"\ntolerance = 0.1': "h[2]: a number is wanted, not a vector",
    'kind = "number"\nanswer = "loss[2] > 1"\ntolerance = 0.1': "a number is wanted, not a condition",
    'kind = "number"\nanswer = "loss[2]"\ntolerance = 1\nslips = { a = "loss[1]" }\nreveal = "t=3"': "slip a is within",
    'kind = "number"\nanswer = "total(loss)"\ntolerance = 0.1\nreveal = "t=3 line=loss"': "",
    'kind = "number"\nanswer = "T * 2"\ntolerance = 0.1': "the answer is on the screen already",
    'kind = "pick"\npick = "timestep"\nanswer = "loss[t] == largest(loss)"': "",
    'kind = "pick"\npick = "timestep"\nanswer = "t == 2"': "the playhead stands on the answer already",
    'kind = "pick"\npick = "timestep"\nanswer = "loss[t] > 1000"': "loss[t] > 1000 holds at no timestep",
    'kind = "pick"\npick = "unit"\nanswer = "argmax(p[2]) + 7"': "there is no unit 9 under",
    'kind = "pick"\npick = "hour"\nanswer = "t"': "ask.pick: there is no 'hour'; there are unit, timestep, line",
    'kind = "pick"\npick = "line"\nlines = { y = "norm(y[2]) > 0", p = "norm(p[2]) > 9" }': "",
    'kind = "do"\nanswer = "h[2,0] == 0.5"\nsolution = ["h[2,0] = 0.5"]': "",
    'kind = "do"\nanswer = "h[2,0] < 2"\nsolution = ["h[2,0] = 0.5"]': "this holds already",
    'kind = "do"\nanswer = "h[2,0] == 0.5"\nsolution = ["h[2,0] = 0.4"]': "the solution does not bring it about",
    'kind = "do"\nanswer = "h[2,0] == 0.5"\nsolution = ["h[2,0] = "]': "a number is wanted",
}


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_of_every_kind(text: str, folder: Path) -> None:
    asking(text)(folder)
    found = [problem for problem in problems(folder) if problem.startswith(TOML)]
    if QUESTIONS[text]:
        assert [problem for problem in found if QUESTIONS[text] in problem], found
    else:
        assert found == []


def test_a_question_about_a_measurement(folder: Path) -> None:
    """No panel shows one, so it is asked anywhere."""
    asking('kind = "number"\nanswer = "once_distinct"\ntolerance = 0.5')(folder)
    edit(folder, TOML, "[[moment]]", '[measure.once]\nkind = "variety"\nfirst = "h"\ncount = 3\n\n[[moment]]')
    assert problems(folder) == []


MEASURED = '\n[measure.m]\nkind = "value"\nquery = "loss[2]"\n\n[[moment]]'


def test_a_measurement_is_not_told_before_it_is_asked_for(folder: Path) -> None:
    asking('kind = "number"\nanswer = "m_value"\ntolerance = 0.1')(folder)
    edit(folder, TOML, "\n[[moment]]", MEASURED)
    assert problems(folder) == []
    edit(folder, WORDS, "### ask", "It is {m_value}.\n\n### ask")
    line = line_of(folder, WORDS, "{m_value}")
    assert problems(folder) == [f"{WORDS}:{line}: what is asked for, m_value, is told before the answer"]


def test_a_choice_does_not_tell_all_that_it_is_about(folder: Path) -> None:
    edit(folder, TOML, "\n[[moment]]", MEASURED)
    edit(folder, TOML, "loss[2] > loss[1]", "m_value > 5")
    edit(folder, TOML, "loss[2] < loss[1]", "m_value < 5")
    assert not [problem for problem in problems(folder) if "is about" in problem]
    edit(folder, WORDS, "### ask", "It is {m_value}.\n\n### ask")
    assert [problem for problem in problems(folder) if "what the choice is about, m_value, is told" in problem]


def test_an_explanation_tells_nothing_while_the_question_is_open(folder: Path) -> None:
    """After a wrong number one tries again."""
    asked = 'kind = "number"\nanswer = "loss[2]"\ntolerance = 0.1\nslips = { a = "9" }\nreveal = "t=2 line=loss"'
    asking(asked)(folder)
    (folder / WORDS).write_text((folder / WORDS).read_text() + "\n### if a\n\nIt is {loss[2]}.\n")
    assert [problem for problem in problems(folder) if "{loss[2]} is told before it is on the screen" in problem]
