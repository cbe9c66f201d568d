"""What is turned is what was asked for, and everything after it is computed again; undoing it is exact."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.play.history import History
from rnntutor.play.knobs import KNOBS, LONGEST, setting, stepped, turned
from rnntutor.play.together import together
from rnntutor.show.change import Knob, Place
from rnntutor.show.edits import edits, label
from rnntutor.show.look import ASCII, Look
from rnntutor.show.scene import Scene
from tests.show.scenes import scene, silent

CELLS = ("rnn", "lstm", "gru", "gru-torch", "stranger")


def by_hand(name: str, params: dict[str, Array], hidden: int = 8) -> list[Array]:
    """The recurrent matrices, written down anew for every cell."""
    whole, left = {"gru-torch": ["W_nh"]}, {
        "rnn": ["W"], "lstm": ["W_i", "W_f", "W_o", "W_g"], "gru": ["W_z", "W_r", "W_n"],
        "gru-torch": ["W_z", "W_r"], "stranger": ["U"],
    }  # fmt: skip
    found = [params[k][:, :hidden] for k in left[name]] + [params[k] for k in whole.get(name, [])]
    return [*found, params["V"]] if name == "stranger" else found


def again(played: Scene, params: dict[str, Array]) -> Run:
    """The same inputs with other parameters, from the beginning."""
    return run(played.run.cell, params, played.run["x"], target=played.run["target"])


def same(a: Scene, b: Scene) -> bool:
    """Whether all numbers of two scenes are the same, to the last digit."""
    values = all(np.array_equal(a.run[k.name], b.run[k.name], equal_nan=True) for k in a.run.cell.lines)
    return values and all(np.array_equal(a.grads[k], b.grads[k], equal_nan=True) for k in a.run.params)


@given(st.sampled_from(CELLS), st.floats(0.01, 50))
def test_sigma_max_is_what_was_asked(name: str, value: float) -> None:
    before = scene(name)
    after = turned(before, "sigma_max", value)
    for matrix in by_hand(name, dict(after.run.params)):
        assert np.linalg.svd(matrix)[1][0] == pytest.approx(value, rel=1e-12)
    assert setting(after, "sigma_max") == pytest.approx(value, rel=1e-12)
    fresh = again(after, dict(after.run.params))
    assert all(np.allclose(fresh[k.name], after.run[k.name], rtol=1e-12, atol=1e-12) for k in fresh.cell.lines)


def test_sigma_max_leaves_all_other_columns_alone() -> None:
    before, after = scene("lstm"), turned(scene("lstm"), "sigma_max", 0.5)
    for name, param in before.run.params.items():
        rest = slice(8, None) if name in ("W_i", "W_f", "W_o", "W_g") else slice(None)
        assert np.array_equal(param[..., rest], after.run.params[name][..., rest])


@given(st.floats(-20, 20))
def test_the_forget_bias_moves_all_units_alike(value: float) -> None:
    before, after = scene("lstm"), turned(scene("lstm"), "forget_bias", value)
    moved = after.run.params["b_f"] - before.run.params["b_f"]
    assert after.run.params["b_f"].mean() == pytest.approx(value, abs=1e-12)
    np.testing.assert_allclose(moved, moved[0], atol=1e-12)
    assert np.array_equal(after.run.params["b_i"], before.run.params["b_i"])


@given(st.sampled_from(CELLS), st.integers(1, 40))
def test_a_longer_sequence_repeats_the_inputs(name: str, steps: int) -> None:
    before, after = scene(name), turned(scene(name), "T", steps)
    assert after.steps == steps == len(after.reads)
    assert after.reads == tuple("hell"[k % 4] for k in range(steps))
    common, state = min(steps, 4), before.run.cell.states[0]
    np.testing.assert_allclose(after.run[state][:common], before.run[state][:common], rtol=1e-12, atol=1e-15)
    assert after.original is not None
    assert after.original.steps == steps


def test_values_set_by_hand_stay_where_there_still_are() -> None:
    history = History((scene("lstm"),)).do(Place("f", 1, (2,)), 0.25)
    for knob, value in (("T", 9), ("sigma_max", 1.5), ("T", 2)):
        after = turned(history.scene, knob, value)
        assert after.run["f"][1, 0, 2] == 0.25
    assert not turned(history.scene, "T", 1).run.edits


@pytest.mark.parametrize("name", ["rnn", "lstm", "stranger"])
def test_the_loss_can_count_at_the_last_timestep_alone(name: str) -> None:
    before = scene(name)
    last = turned(before, "counts", 1)
    loss = "cost" if name == "stranger" else "loss"
    state = before.run.cell.states[-1]
    seeds = np.zeros((4, 1))
    seeds[-1] = 1
    assert np.array_equal(last.grads[state], before.run.backward({loss: seeds})[state])
    assert last.counts == (False, False, False, True)
    assert last.total_loss == float(before.run[loss][-1, 0])
    again = turned(last, "counts", 0)
    assert again.counts == ()
    assert np.array_equal(again.grads[state], before.grads[state])
    longer = turned(last, "T", 8)
    assert longer.counts == (*[False] * 7, True)
    assert longer.total_loss == float(longer.run[loss][-1, 0])


def test_what_counts_outlives_a_sequence_of_one_timestep() -> None:
    for first, then in ((("counts", 1), ("T", 1)), (("T", 1), ("counts", 1))):
        one = turned(turned(scene("rnn"), *first), *then)
        assert setting(one, "counts") == 1
        assert turned(one, "T", 3).counts == (False, False, True)
    assert turned(turned(scene("rnn"), "T", 1), "T", 3).counts == ()


def test_a_window_is_a_wall() -> None:
    after = turned(turned(scene("rnn"), "T", 12), "window", 5)
    assert after.grads.cuts == (5, 10)
    assert turned(after, "window", 0).grads.cuts == ()


def test_networks_beside_read_the_same() -> None:
    both = together(scene("rnn"), [scene("lstm"), scene("gru")])
    for knob, value in (("T", 11), ("counts", 1), ("window", 5)):
        both = turned(both, knob, value)
    assert [each.called for each in both.beside] == ["lstm", "gru"]
    for each in both.beside:
        assert np.array_equal(each.run["x"], both.run["x"])
        assert (each.counts, each.grads.cuts, each.reads) == (both.counts, both.grads.cuts, both.reads)
    assert turned(both, "sigma_max", 3.0).beside is both.beside
    edited = History((both,)).do(Place("x", 2, (0,)), 0.5).scene
    assert edited.beside[1].run["x"][2, 0, 0] == 0.5


def test_what_reads_something_else_cannot_stand_beside() -> None:
    with pytest.raises(ValueError, match="lstm knows other symbols than rnn"):
        together(scene("rnn"), [scene("lstm", "other")])
    with pytest.raises(ValueError, match="reads target"):
        together(silent(), [replace(scene("lstm"), symbols=())])


steps_of_knobs = st.tuples(st.sampled_from(sorted(KNOBS)), st.sampled_from((1, -1)))


@given(st.sampled_from(("rnn", "lstm", "gru")), st.lists(steps_of_knobs, max_size=8))
def test_undo_is_exact(name: str, turns: list[tuple[str, int]]) -> None:
    first = together(scene(name), [scene("gru")])
    history = History((first,))
    for knob, by in turns:
        try:
            history = history.turn(knob, by)
        except ValueError:
            continue
        assert setting(history.scene, knob) is not None
        assert not history.scene.changes or isinstance(history.scene.changes[-1].place, Knob)
    while len(history.scenes) > 1:
        before, history = history.scenes[-2], history.undo()
        assert history.scene is before
    assert history.scene is first
    assert same(history.reset().scene, scene(name))


def test_step_after_step_of_a_knob_is_one_edit() -> None:
    history = History((scene("rnn"),))
    for _ in range(3):
        history = history.turn("sigma_max", 1)
    assert len(history.scene.changes) == 1
    assert history.undo().scene is history.scenes[0]
    history = history.turn("T", 1).turn("T", 1)
    assert (history.scene.steps, len(history.scene.changes)) == (16, 2)
    assert history.turn("T", -1).turn("T", -1).scene is history.scenes[1]
    assert history.turn("counts", 1).turn("counts", 1).scene is history.scenes[-1]


def test_steps_lead_along_round_numbers() -> None:
    at = turned(scene("rnn"), "sigma_max", 1.02)
    assert (stepped(at, "sigma_max", 1), stepped(at, "sigma_max", -1)) == (1.05, 1.0)
    assert stepped(turned(at, "sigma_max", 1.3), "sigma_max", 1) == 1.35
    assert stepped(turned(at, "sigma_max", 20), "sigma_max", -1) == 19.5
    assert stepped(turned(scene("lstm"), "forget_bias", 0.7), "forget_bias", 1) == 1.0
    assert [stepped(turned(at, "window", k), "window", 1) for k in (0, 5, 7, 25)] == [5, 10, 10, 0]
    assert [stepped(turned(at, "clip", k), "clip", -1) for k in (0, 0.1, 7)] == [100, 0, 5]


def broken() -> Scene:
    """A weight that is no number."""
    params = {k: np.array(v) for k, v in scene("rnn").run.params.items()}
    params["W"][0, 0] = math.nan
    ran = again(scene("rnn"), params)
    return Scene(ran, ran.backward(), reads=("h",) * 4, symbols=scene("rnn").symbols)


@pytest.mark.parametrize(
    ("played", "knob", "value", "said"),
    [
        (scene("rnn"), "sigma_max", math.nan, "sigma_max: zero or a number above it is wanted, not nan"),
        (scene("rnn"), "sigma_max", -1, "sigma_max: zero or a number above it is wanted, not -1"),
        (turned(scene("rnn"), "sigma_max", 0), "sigma_max", 1, "sigma_max: the recurrent numbers of W are all zero"),
        (broken(), "sigma_max", 1, "sigma_max: the recurrent numbers of W are not finite"),
        (scene("rnn"), "forget_bias", 1, "forget_bias: no gate with a bias keeps a state here"),
        (scene("lstm"), "forget_bias", math.inf, "forget_bias: a number is wanted, not inf"),
        (scene("rnn"), "T", 0, f"T: a whole number from 1 to {LONGEST} is wanted, not 0"),
        (scene("rnn"), "T", math.inf, "T: a whole number from 1 to 4096 is wanted, not inf"),
        (scene("rnn"), "T", 1.5, "T: a whole number from 1 to 4096 is wanted, not 1.5"),
        (scene("rnn"), "window", math.nan, "window: zero or a whole number above it is wanted, not nan"),
        (scene("rnn"), "T", LONGEST + 1, "T: a whole number from 1"),
        (silent(), "counts", 1, "counts: there is no loss here"),
        (scene("rnn"), "window", -5, "window: zero or a whole number above it is wanted, not -5"),
        (scene("rnn"), "clip", math.nan, "clip: zero or a number above it is wanted, not nan"),
        (scene("rnn"), "gain", 1, "knob: one of sigma_max, forget_bias, T"),
    ],
)
def test_what_cannot_be_turned_says_so(played: Scene, knob: str, value: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        turned(played, knob, value)


def test_ends_say_so() -> None:
    with pytest.raises(ValueError, match=f"T goes no further than {LONGEST}"):
        stepped(turned(scene("rnn"), "T", LONGEST), "T", 1)
    assert setting(broken(), "sigma_max") is None


def test_the_list_of_edits_tells_it() -> None:
    history = History((scene("lstm"),))
    wanted = {
        "sigma_max": "σ_max: 1.685 → 1.700", "forget_bias": "forget bias: 0.000 → 0.500", "T": "T: 4 → 8",
        "counts": "loss counts: everywhere → at the last timestep", "window": "cut every: off → 5",
        "clip": "clip: off → 0.1",
    }  # fmt: skip
    for knob, said in wanted.items():
        history = history.turn(knob, 1)
        assert label(history.scene.changes[-1], Look()) == said
    lines = [line.plain for line in edits(history.scene, Look(glyphs=ASCII))]
    assert len([line for line in lines if "->" in line]) >= 6
    assert all(line.isascii() for line in lines)
