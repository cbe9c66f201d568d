"""A lesson's questions, as somebody answers them."""

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.course.asking import holds
from rnntutor.course.lesson import Do
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_lesson
from tests.app.episodes import entries


async def test_a_shown_answer_does_what_was_asked_for() -> None:
    """The words after it speak of the changed numbers; it counts as shown, not as found."""
    opened = open_lesson(find_lesson("a-loop-with-memory"))
    app = RnnTutorApp(entries(), start=opened)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.screen
        assert isinstance(screen, PlayerScreen)
        assert screen.walk is not None
        screen.follow(screen.walk.to(opened.lesson.index("forget")))
        await pilot.press("A")
        await pilot.pause()
        ask = screen.walk.ask
        assert isinstance(ask, Do)
        assert holds(screen.present, ask.answer, 3)
        assert screen.walk.shown
        assert not screen.walk.progress.answers["forget"].right
        assert screen.passage is not None
        told = "".join(text for block in screen.passage.blocks for text, _ in block.spans)
        assert f"{100 * screen.present.run['p'][3, 0, 3]:.0f} %" in told
