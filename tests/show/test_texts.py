"""Words in plain ASCII."""

import pytest

from rnntutor.show.texts import plain_ascii


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("hₜ = f_W(hₜ₋₁, xₜ)", "h_t = f_W(h_t-1, x_t)"), ("→ ← go on or back", "-> <- go on or back"),
        ("1 │ 2", "1 | 2"), ("x₀ ↑", "x0 ^"),
    ],
)  # fmt: skip
def test_signs_have_a_stand_in(shown: str, written: str) -> None:
    assert plain_ascii(shown) == written


def test_columns_stay_where_they_are() -> None:
    above, below = "    y₀      y₁", " →  h₀  →   h₁ ↓"
    assert [plain_ascii(line).index("h1" if "h" in line else "y1") for line in (above, below)] == [12, 12]
    assert plain_ascii("a → b") == "a -> b"
