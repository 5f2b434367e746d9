"""Settings of all tests."""

import os

from hypothesis import HealthCheck, settings

# Kernels are compiled inside the first example, and scenarios are large examples: no clock is fair to both.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("here", **_PATIENT)  # type: ignore[arg-type]
settings.register_profile("ci", **_PATIENT, derandomize=True, database=None, print_blob=True)  # type: ignore[arg-type]
settings.load_profile("ci" if os.environ.get("CI") else "here")
