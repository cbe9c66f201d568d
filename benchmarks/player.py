"""The player against the least that a Textual app can do, both on a pseudo-terminal of 120 columns and 38 rows.

A frame is painted when its last byte has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import cycle, islice

from benchmarks.harness import Ratio, Target, nearly_worst, print_table, ratio, typical
from benchmarks.play import WEIGHTS
from benchmarks.pty_side import Program, ended

Times = dict[str, list[float]]
Rows = list[list[object]]

BARE = ("-m", "benchmarks.bare")
PLAY = ("-m", "benchmarks.play")
SHORT, LONG = "20", "100000"
SIDES = {"bare": "bare app", SHORT: "20 timesteps", LONG: "100,000 timesteps"}
HEAD = ("what", "ratio (quartiles)", "95 %", "target", "it is")

FORWARD = "llllllllllll]l[l]jljkkl]"
BACKWARD = "llllllllllllllllll]l[l]jljkkl]"
WALK = f"{FORWARD}b{BACKWARD}HbH"
"""Keys that change something, round after round: lines, timesteps, units, both passes, each back to its beginning."""
HOME = "\x1b[H"
MOST_OF_ALL, NEARLY_ALL = Target(2.5, at_least=False), Target(4, at_least=False)
NO_LONGER, FOUR_TIMES = Target(1.3, at_least=False), Target(4, at_least=False)
SCROLL = "lljjllhhjjkkhhkk"
"""Steps among weights, and back to where they began."""


def in_turn(programs: Mapping[str, Program], count: int) -> Times:
    """Seconds from key to frame; every program gets each key in turn."""
    times: Times = {name: [] for name in programs}
    for key in islice(cycle(WALK), count):
        for name, program in programs.items():
            times[name].append(program.press(HOME if key == "H" else key))
    return times


def open_all(stack: ExitStack) -> dict[str, Program]:
    """The counter and players on a short and a long run, ready for keys."""
    programs = {"bare": stack.enter_context(Program(*BARE))}
    programs["bare"].first_frame("count 0")
    for steps in (SHORT, LONG):
        programs[steps] = stack.enter_context(Program(*PLAY, steps))
        programs[steps].first_frame("line i")
    return programs


def keys(count: int) -> tuple[Rows, Rows]:
    """Key to frame, against the counter and against a long run; and the times and memory behind it."""
    with ExitStack() as stack:
        programs = open_all(stack)
        once, times = in_turn(programs, len(WALK)), in_turn(programs, count)
        memory = {name: program.memory() for name, program in programs.items()}
    table = verdicts("key to frame / bare app", times[SHORT], times["bare"], MOST_OF_ALL, NEARLY_ALL)
    table += verdicts("a step in 100,000 timesteps / one in 20", times[LONG], times[SHORT], NO_LONGER)
    return table, [
        [f"key to frame, {SIDES[name]}", typical(k), f"{max(once[name]) * 1e6:.0f}", f"{memory[name]:.0f}"]
        for name, k in times.items()
    ]


def verdicts(
    what: str, ours: list[float], other: list[float], target: Target, worst: Target | None = None
) -> Rows:
    """A line for the median, and one for the 95th percentile where it has a target."""
    found, tail = ratio(ours, other), nearly_worst(ours, other)
    rows: Rows = [[what, found, f"{tail:.2f}", target, target.verdict(found)]]
    return rows + (
        [["the same, 95th percentile", f"{tail:.2f}", "", worst, worst.holds(tail)]] if worst else []
    )


def started(words: tuple[str, ...], until: str) -> Callable[[], float]:
    """A side: seconds to the first frame."""

    def side() -> float:
        with Program(*words) as program:
            return program.first_frame(until)

    return side


def scrolls(count: int) -> tuple[Rows, Rows]:
    """A step through a large matrix, which scrolls with every key, against the counter."""
    with ExitStack() as stack:
        bare = stack.enter_context(Program(*BARE))
        bare.first_frame("count 0")
        large = stack.enter_context(Program(*PLAY, WEIGHTS))
        large.first_frame("line i")
        for key in "vv" + "l" * 40 + "j" * 40:  # to the middle, where nothing stands still
            large.press(key)
        times: Times = {"bare": [], WEIGHTS: []}
        for key in islice(cycle(SCROLL), count):
            times["bare"].append(bare.press(key))
            times[WEIGHTS].append(large.press(key))
        memory = large.memory()
    table = verdicts("a scroll step in 512 x 2048 weights / bare app", times[WEIGHTS], times["bare"], FOUR_TIMES)
    slowest = max(times[WEIGHTS]) * 1e6
    return table, [["scroll step in 512 x 2048 weights", typical(times[WEIGHTS]), f"{slowest:.0f}", f"{memory:.0f}"]]


def starts(count: int) -> tuple[Rows, Rows]:
    """Start to first frame, and `--help` against an interpreter that does nothing."""
    sides: dict[str, Callable[[], float]] = {
        "bare": started(BARE, "count 0"),
        "rnntutor": started(("-m", "rnntutor"), "choose"),
        "rnntutor hello": started(("-m", "rnntutor", "hello"), "line i"),
        "python -c pass": lambda: ended("-c", "pass"),
        "rnntutor --help": lambda: ended("-m", "rnntutor", "--help"),
    }
    for side in sides.values():
        side()
    times: Times = {name: [] for name in sides}
    for _ in range(count):
        for name, side in sides.items():
            times[name].append(side())
    table = [
        row
        for name in ("rnntutor", "rnntutor hello")
        for row in verdicts(
            f"first frame of {name} / bare app with NumPy", times[name], times["bare"], NO_LONGER
        )
    ]
    helped: Ratio = ratio(times["rnntutor --help"], times["python -c pass"])
    table.append(["rnntutor --help / python -c pass", helped, "", "", ""])
    return table, [[f"start, {name}", typical(values), "", ""] for name, values in times.items()]


def main(quick: bool) -> None:
    """Measure and print."""
    print("The player on a terminal of 120 columns and 38 rows: quotients of times\n")
    begun, begun_times = starts(4 if quick else 15)
    pressed, pressed_times = keys(len(WALK) * (1 if quick else 4))
    scrolled, scrolled_times = scrolls(len(SCROLL) * (2 if quick else 10))
    print_table(HEAD, pressed + scrolled + begun)
    print("\nMedian microseconds, the longest of the first walk, and megabytes at most\n")
    print_table(("what", "us", "longest at first", "MB"), pressed_times + scrolled_times + begun_times)
