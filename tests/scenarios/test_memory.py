"""How much memory a plan takes: no step holds the world more often than `docs/performance.md` says.

What Python hands out is counted, not what the system gives, and of two worlds only the difference, so that neither the
machine matters nor what is there anyway.
"""

import re
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bench.platform import Server
from bench.world import Size, write_world
from reconciler.cf.credentials import TokenCredentials
from reconciler.cf.foundation import CloudFoundry
from reconciler.flow.judging import judged
from reconciler.flow.plans import planned
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.parsing.cache import ParsedFiles
from reconciler.manifests.resolving.read_set import read_set_of

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
TODAY = date(2026, 11, 20)
APPS = 160
PER_APP = 10
T = TypeVar("T")


class Meter:
    """The most memory that each step took on top of what was there, and what it kept, in bytes."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[int, int]] = {}

    def __call__(self, step: str, work: Callable[[], T]) -> T:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = work()
        after, peak = tracemalloc.get_traced_memory()
        self.found[step] = (peak - before, after - before)
        return result


def measured(folder: Path, apps: int) -> dict[str, tuple[int, int]]:
    """Plan a world whose manifests are cached, without guardrails, whose findings depend on what they say."""
    write_world(folder, Size(apps, apps * PER_APP))
    paths, cache, meter = (str(folder / "manifests"),), ParsedFiles.open(folder / "cache"), Meter()
    load_bundle(paths, today=TODAY, cache=cache)
    with Server(folder) as server, still_collector():
        token = TokenCredentials(server.environment["CF_ACCESS_TOKEN"])
        tracemalloc.start()
        try:
            bundle = meter("load", lambda: load_bundle(paths, today=TODAY, cache=cache).bundle)
            bundle = bundle._replace(guardrails=())
            with CloudFoundry(server.environment["CF_API"], token) as platform:
                live = meter("fetch", lambda: platform.fetch(read_set_of(bundle)))
            plan, resolution = meter("plan", lambda: planned(PlanRequest(bundle, TODAY), live))
            meter("judge", lambda: judged(plan, bundle, resolution, live))
        finally:
            tracemalloc.stop()
    return meter.found


def stated() -> dict[str, tuple[int, int]]:
    """Read the bounds, in bytes a policy, from the page."""
    section = PAGE.read_text().partition("\n## Memory\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \|[^|]*\| ([\d,]+) \| ([\d,]+) \|$", section, re.MULTILINE)
    return {step: (int(peak.replace(",", "")), int(kept.replace(",", ""))) for step, peak, kept in rows}


@pytest.fixture(scope="module")
def growth(tmp_path_factory: Any) -> dict[str, tuple[float, float]]:
    """Give what a policy more costs each step, at most and for good."""
    folder = tmp_path_factory.mktemp("worlds")
    measured(folder / "first", 40)  # whatever is made once in a process is made here
    small, large = (measured(folder / str(apps), apps) for apps in (APPS, 3 * APPS))
    more = 2 * APPS * PER_APP
    return {
        step: tuple((after - before) / more for before, after in zip(small[step], large[step], strict=True))
        for step in small
    }


@pytest.mark.parametrize("step", ["load", "fetch", "plan", "judge"])
def test_a_policy_costs_no_more_than_stated(growth, step):
    peak, kept = growth[step]
    most, most_kept = stated()[step]
    assert 0.4 * most < peak <= most
    assert kept <= most_kept


def test_the_page_states_these_steps(growth):
    assert stated().keys() == growth.keys()
