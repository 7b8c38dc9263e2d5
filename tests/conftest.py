"""How much the randomised tests try: the `default` profile in `make test`, `long` in `make test-long`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Tests leave the cache of whoever runs them alone.
os.environ["C2C_NO_CACHE"] = "1"

settings.register_profile("default", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("C2C_TEST_PROFILE", "default"))


def pytest_make_parametrize_id(val):
    """Name binary values by their length: with a signature or a time in it, a test has another name in each worker."""
    return f"{len(val)}_bytes" if isinstance(val, bytes) and not val.isascii() else None
