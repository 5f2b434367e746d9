"""Settings of all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from standoff.scenario import starter

# Kernels are compiled inside the first example, and scenarios are large examples: no clock is fair
# to both.
# What Hypothesis adds to a failure by "explaining" it costs minutes on such examples.
settings.register_profile(
    "here",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
settings.register_profile(
    "ci", settings.get_profile("here"), derandomize=True, database=None, print_blob=True
)
settings.register_profile(
    "quick", settings.get_profile("here"), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    """The starter scenario, as `standoff new` writes it."""
    path = tmp_path / "crisis.yaml"
    path.write_text(starter(), encoding="utf-8")
    return path
