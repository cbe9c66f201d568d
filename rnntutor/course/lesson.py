"""What a lesson says that does not depend on the language: its networks, its moments, its questions.

Each class is a table of lesson.toml; the names of its fields are the names in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct, structs

from rnntutor.show import ViewName

FORMAT_VERSION = 1

Iterations = Annotated[int, Meta(ge=0, le=100_000)]


class Speech(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The network speaks: what it says is what it reads next."""

    first: str = ""
    """What it reads before it says anything; one that tells of a picture begins with <START>."""
    length: Annotated[int, Meta(ge=1, le=1000)] = 12
    """Timesteps; of a caption, which ends by itself, the most."""
    how: Literal["sample", "argmax"] = "sample"
    temperature: float = 1.0
    seed: int = 0


class Network(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A network and what it is run on."""

    train: dict[str, Any] = {}
    """How its weights are made: see `rnntutor.training.Settings`. Without iterations they are fresh."""
    weights: str = ""
    """Another network of the lesson, whose weights are taken instead."""
    picture: str = ""
    """The drawing that it tells of, such as "small red circle 6 6, large blue square 17 17"."""
    play: str = ""
    """What it reads, or"""
    speak: Speech | None = None
    """how it speaks."""
    window: int | None = None
    """Timesteps that a gradient goes back through; all of them if not given."""
    counts: Literal["all", "last"] = "all"
    """Where the loss counts: everywhere, or at the last timestep only."""
    sigma_max: float | None = None
    """The largest singular value to which its recurrent matrices are rescaled."""
    set: dict[str, Any] = {}
    """Parameters whose numbers the lesson gives itself: all of one, or one number for all of them."""
    forget_bias: float | None = None
    """What the mean bias of its forget gates is moved to; fresh ones are zero."""


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all questions have. Answers are queries on the run."""

    reveal: str = ""
    """Where the playhead goes after the answer; where it is if not given."""


class Prediction(Question, frozen=True, kw_only=True):
    """Its answer can be about numbers that do not exist yet."""

    learn: Iterations = 0
    """Iterations of training that the answer sets off, and is about."""


class Choice(Prediction, frozen=True, kw_only=True, tag="choice"):
    """One of several statements holds."""

    choices: dict[str, str]
    """Conditions by name; just one of them holds."""


class Number(Prediction, frozen=True, kw_only=True, tag="number"):
    """A number to work out."""

    answer: str
    tolerance: float
    """How far off an answer may be."""
    slips: dict[str, str] = {}
    """Numbers that a known slip leads to, by name: worked out from what is on the screen, before any training."""


class Pick(Question, frozen=True, kw_only=True, tag="pick"):
    """A unit, a timestep or a line to move the playhead to."""

    pick: Literal["unit", "timestep", "line"]
    answer: str = ""
    """The number of the unit, or a condition that holds at the right timesteps."""
    lines: dict[str, str] = {}
    """Lines by name, each with the condition under which it is the right one."""


class Do(Question, frozen=True, kw_only=True, tag="do"):
    """Something to bring about: by editing, training or both."""

    answer: str
    """A condition that does not hold yet."""
    solution: tuple[str, ...]
    """Edits such as "f[2,3] = 0", knobs such as "sigma_max 0.8", "learn 20", or "picture small red circle 17 7, …"
    with a drawing, after which it holds."""


Ask = Choice | Number | Pick | Do


class Race(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cells that learn the same task, live: see `rnntutor.race.running.Plan`."""

    cells: tuple[str, ...]
    settings: dict[str, Any]
    """As of `rnntutor race`: task, hidden, iterations, rate …"""
    seeds: int = 1
    same: str = "parameters"


class Moment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a lesson: where the playhead stands, what is shown, and what is asked."""

    id: str
    network: str = ""
    """The network; that of the moment before if not given."""
    at: str = ""
    """A place as `rnntutor show --at` takes it; the beginning if not given."""
    view: ViewName = "score"
    watch: tuple[str, ...] = ()
    """Expressions that have a row of the tape."""
    edit: tuple[str, ...] = ()
    """What is set by hand before it is shown."""
    learn: Iterations = 0
    """How many iterations of training come before it is shown."""
    temperature: float = 1.0
    spot: str = ""
    """The number of the weights view, such as "W_f[3,5]"."""
    shown: str = "picture"
    """What the picture view shows large, such as "conv1" or "gradient"."""
    beside: tuple[str, ...] = ()
    """Other networks of the lesson, run over the same inputs: for the flow view, and to compare."""
    race: Race | None = None
    """What a learner can let run here."""
    own_text: bool = True
    """Whether its words hold over a learner's own text or picture; if not it is left out there."""
    ask: Ask | None = None


class Contents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """lesson.toml as a whole; its tables are read one by one, so that everything wrong is told at once."""

    format_version: int
    id: str
    network: dict[str, dict[str, Any]]
    own_text: bool = False
    measure: dict[str, dict[str, Any]] = {}
    moment: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson that can be played. What it says in words is in `rnntutor.course.words`."""

    LANGUAGE: ClassVar[str] = "en"

    folder: Path
    id: str
    title: str
    summary: str
    networks: dict[str, Network] = field(repr=False)
    own_text: bool = False
    """Whether it can be taken over a learner's own text, or picture; a sandbox always can."""
    measures: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    moments: tuple[Moment, ...] = field(default=(), repr=False)
    unread: frozenset[int] = frozenset()
    """The moments whose tables could not be read, told with the others that are wrong; nothing of them is known."""

    @property
    def number(self) -> int:
        """Its place in the course; 0 for what is no part of it."""
        lead = self.folder.name.partition("-")[0]
        return int(lead) if self.moments and lead.isdecimal() and lead.isascii() else 0

    @property
    def first(self) -> str:
        """The network that is played where none is named."""
        return next(iter(self.networks))

    @property
    def questions(self) -> int:
        """How many moments ask something."""
        return sum(moment.ask is not None for moment in self.moments)

    def network_of(self, k: int) -> str:
        """The network of a moment: its own, or that of the last moment before it that names one."""
        named = [moment.network for moment in self.moments[: k + 1] if moment.network]
        return named[-1] if named else self.first

    def training(self, network: str) -> dict[str, Any]:
        """How the weights of a network are made: its own, or those that it takes from another."""
        return self.networks[self.networks[network].weights or network].train

    def model(self, network: str) -> Path:
        """The file of a network's weights."""
        return self.folder / f"{self.networks[network].weights or network}.safetensors"

    @property
    def files(self) -> set[str]:
        """The files that it is made of, by their paths from its folder."""
        words = f"{self.LANGUAGE}.md"
        weights = [self.model(name).name for name in self.trained]
        named = [network.train.get(key) for network in self.networks.values() for key in ("file", "cell")]
        named += [measure.get(key) for measure in self.measures.values() for key in ("words", "file")]
        return {"lesson.toml", words, *weights, *(name for name in named if isinstance(name, str))}

    @property
    def trained(self) -> list[str]:
        """The networks whose weights are trained and kept in a file."""
        return [name for name, network in self.networks.items() if "iterations" in network.train]

    def over_own_text(self) -> Lesson:
        """As it is taken over a text of the learner's own: without the moments that speak of the lesson's."""
        kept = [
            structs.replace(moment, network=self.network_of(k))
            for k, moment in enumerate(self.moments)
            if moment.own_text
        ]
        return replace(self, moments=tuple(kept))

    def index(self, moment: str) -> int:
        """The number of a moment, from 0; the first where there is none of that name."""
        return next((k for k, found in enumerate(self.moments) if found.id == moment), 0)
