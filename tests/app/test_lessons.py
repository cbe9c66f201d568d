"""A lesson as somebody takes it: moments, questions of every kind, hints, wandering off, and what is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.moment import MomentScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.prose import ProsePanel
from rnntutor.course.check import check_lesson
from rnntutor.course.lessons import find_lesson, list_lessons
from rnntutor.course.opening import open_lesson
from rnntutor.course.problem import LessonError
from rnntutor.course.store import Store
from rnntutor.play.cursor import Cursor
from rnntutor.vision.drawing import SIZE
from rnntutor.vision.picture import Picture
from tests.app.episodes import player, player_app
from tests.app.lessons import lesson_app, trial_lesson
from tests.app.test_player import press, text_of

SIZES = [(60, 18), (80, 24), (120, 38), (200, 60)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return trial_lesson(tmp_path / "trial")


def test_the_trial_is_a_good_lesson(folder: Path) -> None:
    assert check_lesson(folder) == []


def place(app: RnnTutorApp) -> str:
    """Where the playhead stands."""
    at, scene = player(app).cursor, player(app).present
    return f"{at.direction} t={at.t} line={scene.current_line(at).name} unit={at.unit}"


async def to(pilot: Pilot[None], moment: int) -> None:
    """On to a moment, counted from 1."""
    await press(pilot, *["n"] * (moment - 1))


@pytest.mark.parametrize("size", SIZES)
async def test_a_moment_is_set_up(folder: Path, size: tuple[int, int]) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert place(app) == "forward t=2 line=c unit=3"
        shown = text_of(app)
        assert "1 of 6   A choice" in shown
        assert "Is h₂[3] above one?" in shown
        assert "1 yes, above     2 no, below" in shown
        assert player(app).view.watches == ("norm(h[t])",)


async def test_a_wrong_choice_is_explained_and_the_answer_revealed(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "1")
        shown = text_of(app)
        value = player(app).present.run["h"][2, 0, 3]
        assert "✗ yes, above. No tanh is." in shown
        assert f"h₂[3] is {value:+.3f}." in shown
        assert place(app) == "forward t=2 line=h unit=3"
        await press(pilot, "2")
        assert "✗ yes, above" in text_of(app), "one choice is all there is"


async def test_a_right_choice(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "3", "2")
        assert "✓ no, below." in text_of(app)
        assert Store(folder.with_name("kept")).own.load("trial").answers["choice"].right_first


async def test_a_click_answers(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        panel = app.screen.query_one(ProsePanel)
        row = next(y for y in range(panel.size.height) if "2 no, below" in panel.render_line(y).text)
        await pilot.click(ProsePanel, offset=(panel.render_line(row).text.index("no, below"), row))
        await pilot.pause()
        assert "✓ no, below." in text_of(app)


async def test_hints_come_one_at_a_time(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "H")
        assert "h is a product." in text_of(app)
        assert "Both of its factors" not in text_of(app)
        await press(pilot, "H")
        assert "Both of its factors" in text_of(app)
        await press(pilot, "H")
        assert "There are no more hints; A shows the answer." in text_of(app)
        await press(pilot, "2")
        answer = Store(folder.with_name("kept")).own.load("trial").answers["choice"]
        assert (answer.right, answer.hints, answer.right_first) == (True, 2, False)


async def test_a_number(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 2)
        run = player(app).present.run
        right, old = run["c"][1, 0, 2], run["c"][0, 0, 2]
        await press(pilot, "a", *f"{right + 1:.3f}", "enter")
        assert "too much." in text_of(app)
        assert "What is c₁[2]?" in text_of(app), "it can be tried again"
        await press(pilot, "a", *"nonsense", "enter")
        assert "unknown name 'nonsense'" in text_of(app)
        await press(pilot, "escape", "a", *"c[1,2]", "enter")
        assert "a number is wanted, such as -0.5, or arithmetic" in text_of(app), "the answer is not looked up"
        await press(pilot, "escape", "a", *f"{old:.3f}".replace(".", ","), "enter")
        assert "✗ Not so. That is the old one." in text_of(app)
        await press(pilot, "a", *f"{right + 2:.3f}-2**3/4", "enter")
        assert f"✓ Right. It is {right:+.3f}." in " ".join(text_of(app).split())
        assert place(app) == "forward t=1 line=c unit=2"


async def test_a_place_in_another_network(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 3)
        assert player(app).present.run.cell.title == "rnn"
        await press(pilot, "a")
        assert "✗ Not t 0." in text_of(app)
        await press(pilot, "right_square_bracket", "a")
        assert "✓ Right." in text_of(app)


async def test_something_to_do_is_noticed_by_itself(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 4)
        await press(pilot, "a")
        assert "✗ Not yet: that does not bring it about." in text_of(app)
        await press(pilot, "e", *"b_y[2] = 5", "enter")
        assert "✓ Right." in text_of(app)
        assert "Now it says “l”." in text_of(app)


async def test_something_to_learn(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 5)
        assert player(app).view.name == "training"
        await press(pilot, *["i"] * 30)
        assert "✓ Right." in text_of(app)


async def test_a_moment_with_an_edit(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 6)
        assert "The gate is 0." in text_of(app)
        assert (player(app).present.run["f"][1] == 0).all()


async def test_wandering_off_and_back(folder: Path) -> None:
    """Free keys stay free; one key leads back to the place, the view and the numbers."""
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "2")
        before = player(app).present
        await press(pilot, "b", "left", "v", "v", "0")
        assert "You have left this moment; r returns." in text_of(app)
        await press(pilot, "r")
        assert place(app) == "forward t=2 line=h unit=3"
        assert player(app).view.name == "score"
        await press(pilot, "e", "9", "enter")
        assert player(app).present is not before
        await press(pilot, "r")
        assert player(app).present is before
        assert player(app).walk is not None


async def test_skipped_questions_come_again_at_the_end(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "2", "n", "A")
        assert "✓ The answer: " in text_of(app)
        await press(pilot, "n", "right_square_bracket", "a", "n", "n", "n", "n")
        assert "review, 3 to go   A number" in text_of(app)
        right = player(app).present.run["c"][1, 0, 2]
        await press(pilot, "a", *f"{right:.3f}", "enter", "n")
        assert "review, 2 to go   Something to do" in text_of(app)
        await press(pilot, "n", "n")
        assert "the end   A trial" in text_of(app)
        assert "3 of 5 questions are answered, 2 at once." in text_of(app)
        kept = Store(folder.with_name("kept")).own.load("trial")
        assert kept.finished
        assert kept.answers["number"].right
        assert not kept.answers["number"].right_first
        await press(pilot, "n")
        assert "review, 2 to go   Something to do" in text_of(app)
        await press(pilot, "p")
        assert "6 of 6   Edited" in text_of(app)


async def test_one_goes_on_where_one_left_off(folder: Path) -> None:
    async with lesson_app(folder).run_test(size=(120, 38)) as pilot:
        await to(pilot, 3)
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        assert "3 of 6   A place" in text_of(app)


async def test_all_of_a_moment_on_a_page(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(60, 18)) as pilot:
        await press(pilot, "m")
        assert isinstance(app.screen, MomentScreen)
        await press(pilot, "m")
        assert not isinstance(app.screen, MomentScreen)


async def test_keys_of_lessons_in_a_sandbox() -> None:
    """They say so and change nothing."""
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        for key in ("n", "p", "r"):
            await press(pilot, key)
            assert "There are no moments here; this is a sandbox." in text_of(app)
        await press(pilot, "a", "1", "m")
        assert player(app).cursor == Cursor()
        await press(pilot, "H")
        assert "There is no hint here." in text_of(app)
        assert not app.screen.query_one(ProsePanel).display


OWN = [lesson for lesson in list_lessons() if lesson.own_text]
SEEING = [lesson.id for lesson in OWN if any(network.picture for network in lesson.networks.values())]
COURSE = [lesson.id for lesson in OWN if lesson.id not in SEEING]


@pytest.mark.parametrize("name", SEEING)
async def test_a_picture_of_ones_own_breaks_nothing(name: str, tmp_path: Path) -> None:
    """A picture of anything is told of; moments that speak of the lesson's own are left out."""
    picture = Picture(np.random.default_rng(0).uniform(size=(SIZE, SIZE, 3)))
    opened = open_lesson(find_lesson(name), picture=picture)
    assert len(opened.lesson.moments) < len(find_lesson(name).moments)
    app = RnnTutorApp((), start=opened, store=Store(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        assert player(app).present.picture is picture
        for _ in opened.lesson.moments:
            await press(pilot, "1", "a")
            player(app).stop_typing()
            await press(pilot, "d", "A", "r", "n")


@pytest.mark.parametrize("name", SEEING)
def test_a_text_is_no_picture(name: str) -> None:
    with pytest.raises(LessonError, match="tells of pictures; give one with --image instead of --text"):
        open_lesson(find_lesson(name), "ab")
    with pytest.raises(LessonError, match="shows no picture of one's own; leave out --image"):
        open_lesson(find_lesson(COURSE[0]), picture=Picture(np.zeros((SIZE, SIZE, 3))))


@pytest.mark.parametrize(
    ("name", "text"), [*((name, "ab") for name in COURSE), (COURSE[0], "été 日本\n\tété 日本 [/b]" * 3)]
)
async def test_a_text_of_ones_own_breaks_nothing(name: str, text: str, tmp_path: Path) -> None:
    """Moments and questions that do not fit it say so; all the rest goes on."""
    opened = open_lesson(find_lesson(name), text)
    app = RnnTutorApp((), start=opened, store=Store(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in opened.lesson.moments:
            await press(pilot, "1", "a")
            player(app).stop_typing()
            await press(pilot, "i", "A", "r", "n")
        walk = player(app).walk
        assert walk is not None
        assert walk.review is not None


async def test_other_numbers_are_away_too(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "2", "plus", "plus")
        assert "You have left this moment; r returns." in text_of(app)
        await press(pilot, "r")
        assert "You have left" not in text_of(app)
        assert not player(app).changed


async def test_what_was_done_stays_what_the_words_speak_of(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 4)
        await press(pilot, "e", *"h[3] = 1", "enter")
        assert "✗ Not yet: that does not bring it about." in text_of(app)
        await press(pilot, "e", *"b_y[2] = 5", "enter")
        assert "✓ Right." in text_of(app)
        solved = player(app).present
        await press(pilot, "0")
        assert "Now it says “l”." in text_of(app)
        await press(pilot, "r")
        assert player(app).present is solved


async def test_a_place_that_is_shown_is_where_r_leads(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 3)
        await press(pilot, "b", "A")
        assert "✓ The answer: timestep 1." in text_of(app)
        assert place(app) == "forward t=1 line=loss unit=0"


async def test_a_moment_s_own_edits_are_not_lost(folder: Path) -> None:
    """Esc leaves at once where nothing was changed."""
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await to(pilot, 6)
        await press(pilot, "escape")
        assert not isinstance(app.screen, PlayerScreen)


async def test_no_figure_answers_what_cannot_be_read(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(40, 10)) as pilot:
        await press(pilot, "1")
        walk = player(app).walk
        assert walk is not None
        assert walk.verdict is None
