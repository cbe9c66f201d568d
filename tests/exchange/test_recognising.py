"""What is recognised in a state dict, by names and shapes alone; and what is wrong with one, in a line."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.exchange.state_dict import recognised

Shapes = dict[str, tuple[int, ...]]


def layers(
    prefix: str = "", gates: int = 4, units: int = 3, inputs: int = 2, depth: int = 1, *, ways: int = 1
) -> Shapes:
    """The shapes of recurrent layers."""
    found: Shapes = {}
    for k in range(depth):
        for end in ("", "_reverse")[:ways]:
            rows, name = gates * units, f"l{k}{end}"
            found[f"{prefix}weight_ih_{name}"] = (rows, units * ways if k else inputs)
            found[f"{prefix}weight_hh_{name}"] = (rows, units)
            found |= {f"{prefix}bias_ih_{name}": (rows,), f"{prefix}bias_hh_{name}": (rows,)}
    return found


@pytest.mark.parametrize("prefix", ["", "rnn.", "module.model.encoder.lstm.", "0.", "weight_ih_l0."])
@pytest.mark.parametrize(("gates", "layer"), [(1, "nn.RNN"), (3, "nn.GRU"), (4, "nn.LSTM")])
def test_kind_and_module(prefix: str, gates: int, layer: str) -> None:
    found = recognised(layers(prefix, gates, depth=2, ways=2))
    assert (found.kind.layer, found.module) == (layer, prefix.removesuffix("."))
    assert (found.inputs, found.units, found.depth, found.directions) == (2, 3, 2, 2)
    assert [(k.number, k.from_end) for k in found.layers] == [(1, False), (1, True), (2, False), (2, True)]
    assert not found.rest


@pytest.mark.parametrize(
    ("around", "embedding", "linear", "bias"),
    [
        ({"e.weight": (9, 2), "o.weight": (9, 3), "o.bias": (9,)}, "e.weight", "o.weight", "o.bias"),
        ({"e.weight": (9, 2), "o.weight": (5, 3)}, "e.weight", "o.weight", ""),
        ({"o.weight": (5, 3), "o.bias": (5,)}, "", "o.weight", "o.bias"),
        ({"o.weight": (5, 3), "o.bias": (4,)}, "", "o.weight", ""),
        ({"weight": (9, 2)}, "weight", "", ""),
        ({"in.weight": (2, 2), "in.bias": (2,)}, "", "", ""),
        ({"a.weight": (5, 3), "b.weight": (6, 3)}, "", "", ""),
        ({"e.weight": (9, 2), "a.weight": (5, 3), "b.weight": (9, 3)}, "e.weight", "b.weight", ""),
        ({"a.weight": (9, 2), "b.weight": (9, 2)}, "", "", ""),
        ({"token_emb.weight": (9, 2), "b.weight": (9, 2)}, "token_emb.weight", "", ""),
        ({"e.weight": (0, 2), "conv.weight": (2, 3, 3), "o.weights": (5, 3)}, "", "", ""),
    ],
)
def test_what_is_around(around: Shapes, embedding: str, linear: str, bias: str) -> None:
    found = recognised(layers("rnn.") | around)
    assert (found.embedding, found.linear, found.linear_bias) == (embedding, linear, bias)
    assert set(found.used) | set(found.rest) == set(layers("rnn.") | around)
    assert set(found.rest) == set(around) - {embedding, linear, bias}


@pytest.mark.parametrize(
    ("around", "embedding", "linear"),
    [
        ({"encoder.weight": (9, 3), "decoder.weight": (9, 3)}, "encoder.weight", "decoder.weight"),
        ({"enc.weight": (9, 3), "dec.weight": (9, 3), "dec.bias": (9,)}, "enc.weight", "dec.weight"),
        ({"fc.weight": (9, 3)}, "", "fc.weight"),
        ({"embedding.weight": (9, 3)}, "embedding.weight", ""),
        ({"embedding.weight": (9, 3), "fc1.weight": (4, 3), "fc2.weight": (9, 4)}, "embedding.weight", "fc1.weight"),
    ],
)
def test_names_decide_where_shapes_fit_both(around: Shapes, embedding: str, linear: str) -> None:
    found = recognised(layers("rnn.", inputs=3) | around)
    assert (found.embedding, found.linear) == (embedding, linear)


def test_a_linear_layer_reads_both_directions() -> None:
    found = recognised(layers(ways=2) | {"half.weight": (5, 3), "out.weight": (5, 6)})
    assert (found.linear, found.rest) == ("out.weight", ("half.weight",))


def test_the_nonlinearity_is_given() -> None:
    assert recognised(layers(gates=1)).kind.cell == "rnn"
    assert recognised(layers(gates=1), nonlinearity="relu").kind.cell == "irnn"
    with pytest.raises(ValueError, match=r"nonlinearity: an nn\.LSTM has tanh, not 'relu'"):
        recognised(layers(), nonlinearity="relu")


def test_one_of_several_modules() -> None:
    both = layers("encoder.", 4) | layers("decoder.", 3)
    with pytest.raises(ValueError, match="say which, with --module: 'decoder', 'encoder'"):
        recognised(both)
    assert recognised(both, "decoder").kind.layer == "nn.GRU"
    with pytest.raises(ValueError, match="no recurrent module is called 'other'; there are 'decoder', 'encoder'"):
        recognised(both, "other")


PARTS = st.sampled_from(["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "weight", "bias"])
NAMES = st.builds(
    "{}{}{}".format, st.sampled_from(["", "a.", "emb.", "."]), PARTS, st.sampled_from(["", "_l0", "_l1", "_l0_reverse"])
)


@given(st.dictionaries(NAMES, st.lists(st.integers(0, 4), max_size=3).map(tuple)), st.sampled_from([None, "", "a"]))
def test_any_state_dict_is_recognised_or_refused(shapes: Shapes, module: str | None) -> None:
    said, found = "", None
    try:
        found = recognised(shapes, module)
    except ValueError as error:
        said = str(error)
    if found is None:
        assert said
        assert "\n" not in said
        return
    assert sorted([*found.used, *found.rest]) == sorted(shapes)
    assert len(found.layers) == found.depth * found.directions


@given(st.dictionaries(NAMES, st.lists(st.integers(0, 4), max_size=3).map(tuple)))
def test_what_else_is_there_does_not_matter(others: Shapes) -> None:
    """The layers are the same whatever stands beside them."""
    own = layers("core.", depth=2, ways=2)
    found = recognised(own | others, "core")
    assert found.layers == recognised(own).layers
    assert set(found.used) <= set(own | others)


def without(shapes: Mapping[str, Any], name: str) -> Shapes:
    """Shapes but for one."""
    return {k: shape for k, shape in shapes.items() if k != name}


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({}, "no recurrent layer is in it; wanted are weight_ih_l0"),
        ({"linear.weight": (3, 4)}, "no recurrent layer is in it"),
        (without(layers("a."), "a.weight_ih_l0"), "'a.weight_ih_l0' is missing"),
        (without(layers("a."), "a.bias_hh_l0"), "'a.bias_hh_l0' is missing"),
        (without(layers(depth=2), "weight_hh_l0"), "'weight_hh_l0' is missing; every layer and direction"),
        (without(layers(ways=2), "weight_hh_l0_reverse"), "'weight_hh_l0_reverse' is missing"),
        ({"weight_ih_l9999": (12, 2)}, "'weight_ih_l0' is missing"),
        (layers() | {"weight_hr_l0": (2, 3)}, r"'weight_hr_l0' projects the state \(proj_size\), which is not read"),
        (layers(gates=2), r"'weight_hh_l0' has shape \(6, 3\); wanted are 1, 3 or 4 times as many rows as columns"),
        (layers() | {"weight_hh_l0": (12,)}, r"'weight_hh_l0' has shape \(12,\); wanted is a matrix"),
        (layers() | {"weight_hh_l0": (0, 0)}, r"'weight_hh_l0' has shape \(0, 0\); wanted is a matrix"),
        (layers() | {"weight_ih_l0": ()}, r"'weight_ih_l0' has shape \(\); wanted is a matrix"),
        (layers() | {"weight_ih_l0": (9, 2)}, r"'weight_ih_l0' has shape \(9, 2\); wanted is \(12, 2\), of an nn.LSTM"),
        (layers() | {"bias_hh_l0": (3,)}, r"'bias_hh_l0' has shape \(3,\); wanted is \(12,\)"),
        (layers(depth=2) | {"weight_ih_l1": (12, 2)}, r"'weight_ih_l1' has shape \(12, 2\); wanted is \(12, 3\)"),
    ],
)  # fmt: skip
def test_what_is_wrong(shapes: Shapes, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        recognised(shapes)
    assert "\n" not in str(error.value)
