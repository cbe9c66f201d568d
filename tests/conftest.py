"""Settings of the whole suite: random tests are not timed one by one, and are the same every time in CI."""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "local",
    deadline=None,
    max_examples=20,
    # Explaining a failure takes longer than reading it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
