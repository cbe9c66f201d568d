"""Words in plain ASCII."""

import pytest

from rnntutor.show.texts import plain_ascii


@pytest.mark.parametrize(
    ("shown", "written"),
    [("hₜ = f_W(hₜ₋₁, xₜ)", "h_t = f_W(h_t-1, x_t)"), ("→ ← go on or back", "-> <- go on or back"), ("1 │ 2", "1 | 2")],
)  # fmt: skip
def test_signs_have_a_stand_in(shown: str, written: str) -> None:
    assert plain_ascii(shown) == written
