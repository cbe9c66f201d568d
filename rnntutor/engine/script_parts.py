"""What every script that is written out has in common: see `engine.script`. Text of Python, not run here."""

HEAD = '''"""{title}: forward and backward in NumPy, as rnntutor computes it.

Arrays are (features, batch); vectors are columns.
"""

{equations}

import numpy as np'''

FUNCTIONS = {
    "sigmoid": '''\
def sigmoid(a):
    """1 / (1 + exp(-a)), through tanh, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * a) + 0.5''',
    "relu": '''\
def relu(a):
    """max(a, 0)."""
    return np.maximum(a, 0)''',
    "slope": '''\
def slope(a):
    """The slope of relu."""
    return (a > 0).astype(a.dtype)''',
    "softmax": '''\
def softmax(a):
    """exp(a) / sum(exp(a)), shifted by the largest, so that exp cannot overflow."""
    e = np.exp(a - a.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)''',
    "cross_entropy": '''\
def cross_entropy(scores, target):
    """-sum(target * log softmax(scores)), with log1p for the digits of a small loss."""
    best = scores.argmax(axis=0)[None]
    below = scores - np.take_along_axis(scores, best, axis=0)
    rest = np.exp(below)
    np.put_along_axis(rest, best, 0, axis=0)
    total = np.log1p(rest.sum(axis=0, keepdims=True))
    return np.sum(target * (total - np.where(target == 0, 0, below)), axis=0, keepdims=True)''',
    "concat": '''\
def concat(*parts):
    """The parts one below the other."""
    batch = max(k.shape[1] for k in parts)
    return np.concatenate([np.broadcast_to(k, (len(k), batch)) for k in parts])''',
    "part": '''\
def part(whole, parts, which):
    """The rows of a concatenation that belong to one of its parts."""
    first = sum(len(k) for k in parts[:which])
    return whole[first : first + len(parts[which])]''',
    "outer": '''\
def outer(a, b):
    """a b^T, summed over the batch."""
    batch = max(a.shape[1], b.shape[1])
    return np.broadcast_to(a, (len(a), batch)) @ np.broadcast_to(b, (len(b), batch)).T''',
    "total": '''\
def total(a):
    """The sum over the features."""
    return a.sum(axis=0, keepdims=True)''',
    "standing": '''\
def standing(params):
    """Vectors as columns."""
    return {name: p if p.ndim == 2 else p.reshape(-1, 1) for name, p in params.items()}''',
    "gather": '''\
def gather(grads, found, batch):
    """Add the gradients of parameters to what was found before, summed over the batch."""
    for name in grads:
        d = found.get("d" + name)
        if d is not None and name not in MATRICES:
            d = np.broadcast_to(d, (len(d), batch)).sum(axis=1, keepdims=True)
        if d is not None:
            grads[name] = grads[name] + d''',
}
"""Functions by their names; a value of a cell that is called like one is written with an underscore behind."""

FORWARD_AND_BACKWARD = '''\
def forward(params, inputs, init=None):
    """Every value of every timestep: a list of T tables of (features, batch).

    inputs hold (T, batch, features); what only the start reads is (batch, features). init maps states to
    (batch, units).
    """
    params, (steps, batch) = standing(params), inputs["x"].shape[:2]
    found = {name: a.T for name, a in inputs.items() if a.ndim == 2}
    found |= start_forward(params, found, {}) | {name: a.T for name, a in (init or {}).items()}
    zero = np.zeros((1, 1), inputs["x"].dtype)
    states = {name: np.broadcast_to(found.get(name, zero), (units, batch)) for name, (_, units) in STATES.items()}
    tape = []
    for t in range(steps):
        values = {name: inputs[name][t].T for name in INPUTS}
        values |= {before: states[name] for name, (before, _) in STATES.items()}
        tape.append(values | step_forward(params, values, {}))
        states = {name: tape[-1][name] for name in STATES}
    return tape


def backward(params, inputs, tape, seeds=None, init=None):
    """The gradients of the parameters, summed over time and batch, and every gradient of every timestep.

    seeds map lines to (T, batch, units): the gradient that reaches them from outside.
    """
    shapes, params = {name: p.shape for name, p in params.items()}, standing(params)
    grads, back = {name: np.zeros_like(p) for name, p in params.items()}, []
    steps, batch = inputs["x"].shape[:2]
    coming = {name: np.zeros((len(tape[0][of]), batch), inputs["x"].dtype) for name, of in NEXT.items()}
    for t in reversed(range(steps)):
        outside = {f"d{name}_out": seeds[name][t].T.reshape(-1, batch) for name in seeds or {}}
        found = step_backward(params, tape[t], coming | outside)
        gather(grads, found, batch)
        coming |= {after: found[before] for after, before in BEFORE.items()}
        back.insert(0, found)
    values = {name: a.T for name, a in inputs.items() if a.ndim == 2}
    values |= start_forward(params, values, {})
    left = {f"d{name}_out": coming.get(f"d{name}_next", np.zeros((units, batch))) * (name not in (init or {}))
            for name, (_, units) in STATES.items()}
    gather(grads, start_backward(params, values, left), batch)
    return {name: d.reshape(shapes[name]) for name, d in grads.items()}, back'''

MAIN = """\
if __name__ == "__main__":
{given}
    tape = forward(**found)
    steps, batch = found["inputs"]["x"].shape[:2]
    seeds = {{name: np.ones((steps, batch, len(tape[0][name]))) for name in {seeds}}}
    grads, back = backward(found["params"], found["inputs"], tape, seeds, found["init"])
    if not seeds:
        print("loss", float(sum(values["loss"].sum() for values in tape)))
    for name, grad in grads.items():
        print("norm of d" + name, float(np.linalg.norm(grad)))
"""
