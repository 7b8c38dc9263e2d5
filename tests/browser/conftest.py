from __future__ import annotations

import pytest
from support.hostile_page import hostile_plan
from support.networks_after import five_apps, in_network
from support.report_page import ReportPage, missing_browser, running_browser
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.report.html import render_plan_html

PLANS = {
    "empty": empty_plan,
    "forty": forty_changes,
    "five-thousand": five_thousand_changes,
    "hostile": hostile_plan,
    "five-apps": five_apps,
    "in-network": lambda: in_network(forty_changes(), spaces=3, apps=4),
    "five-thousand-apps": lambda: in_network(forty_changes(), spaces=200, apps=25),
}


@pytest.fixture(scope="session")
def browser():
    """Give one browser to all tests of a worker, or skip them with what is missing."""
    if missing := missing_browser():
        pytest.skip(missing)
    with running_browser() as started:
        yield started


@pytest.fixture(scope="session")
def report_file(tmp_path_factory):
    """Write the report of a plan once, and give its file."""
    files = {}

    def written(name):
        if name not in files:
            files[name] = tmp_path_factory.mktemp("reports") / f"{name}.html"
            files[name].write_text(render_plan_html(PLANS[name]()), encoding="utf-8")
        return files[name]

    return written


@pytest.fixture
def opened(browser, report_file):
    """Open the report of a plan. Whatever a test does with it, nothing may go wrong and nothing may be loaded."""
    pages = []

    def opening(name, **how):
        pages.append(ReportPage(browser, report_file(name), **how))
        return pages[-1]

    yield opening
    for page in pages[-1:]:
        assert page.messages() == []
        assert page.requests() == {page.url}
