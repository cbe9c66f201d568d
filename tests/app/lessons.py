"""A small lesson with a question of every kind, to be played in tests."""

from __future__ import annotations

from pathlib import Path

from rnntutor.app.app import RnnTutorApp
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_lesson
from rnntutor.course.store import Store

TOML = """
format_version = 1
id = "trial"

[network.model]
play = "hello"
train = { text = "hello", cell = "lstm", hidden = 4, seed = 3 }

[network.other]
play = "leo"
train = { text = "hello", cell = "rnn", hidden = 3, seed = 1, optimiser = "adagrad", rate = 0.5 }

[[moment]]
id = "choice"
at = "forward t=2 line=c unit=3"
watch = ["norm(h[t])"]
ask = { kind = "choice", choices = { more = "h[2,3] > 1", less = "h[2,3] < 1" }, reveal = "forward t=2 line=h unit=3" }

[[moment]]
id = "number"
at = "forward t=1 line=f unit=2"
[moment.ask]
kind = "number"
answer = "c[1,2]"
tolerance = 0.005
slips = { old = "c[0,2]" }
reveal = "forward t=1 line=c unit=2"

[[moment]]
id = "pick"
network = "other"
at = "forward t=0 line=loss"
ask = { kind = "pick", pick = "timestep", answer = "loss[t] == loss[1]" }

[[moment]]
id = "do"
network = "model"
at = "forward t=3 line=p"
view = "output"
ask = { kind = "do", answer = "argmax(p[3]) == 2", solution = ["b_y[2] = 5"] }

[[moment]]
id = "train"
network = "other"
view = "training"
ask = { kind = "do", answer = "total(loss) / T < 1", solution = ["learn 30"] }

[[moment]]
id = "edited"
network = "model"
edit = ["f[1] = 0"]
at = "forward t=1 line=c"
"""
WORDS = """
# A trial

What one learns.

## A choice {#choice}

c₂[3] is {c[2,3]}.

### ask

Is h₂[3] above one?

- more: yes, above
- less: no, below

### if more

No tanh is.

### hint

h is a product.

### hint

Both of its factors are below one.

### then

h₂[3] is {h[2,3]}.

## A number {#number}

Work it out.

### ask

What is c₁[2]?

### if old

That is the old one.

### then

It is {c[1,2]}.

## A place {#pick}

This one reads other letters.

### ask

Where?

### then

There.

## Something to do {#do}

It says {p[3]|symbol}.

### ask

Make it say l.

### then

Now it says {p[3]|symbol}.

## Something to learn {#train}

It has learned nothing.

### ask

Let it learn.

### then

The loss is {total(loss)/T|plain} now.

## Edited {#edited}

The gate is {f[1,0]|plain}.
"""


def trial_lesson(folder: Path) -> Path:
    """Its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "lesson.toml").write_text(TOML, encoding="utf-8")
    (folder / "en.md").write_text(WORDS.lstrip(), encoding="utf-8")
    return folder


def lesson_app(folder: Path, *, watch: bool = False) -> RnnTutorApp:
    """The app with the lesson open, its progress kept beside it."""
    lesson = find_lesson(str(trial_lesson(folder) if not (folder / "lesson.toml").exists() else folder))
    store = Store(folder.with_name("kept"))
    again = (lambda: open_lesson(find_lesson(str(folder)))) if watch else None
    return RnnTutorApp((), start=open_lesson(lesson), store=store, again=again)
