from __future__ import annotations

import pytest
import stamina
from support import forges


@pytest.fixture(autouse=True)
def no_waiting():
    """Retries happen, three attempts in all, without their pauses."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def github():
    with forges.served(forges.GitHub()) as forge:
        yield forge


@pytest.fixture
def gitlab():
    with forges.served(forges.GitLab()) as forge:
        yield forge
