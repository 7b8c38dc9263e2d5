from __future__ import annotations

import pytest
from support.report_page import ReportPage

LONGEST_OPENING = 15_000
"""Milliseconds, on a machine that is busy with other tests; alone it is below one second."""


@pytest.mark.parametrize(
    ("name", "verdict", "count"),
    [
        ("forty", "Refused", "28 connections, 19 apps in 6 spaces"),
        ("five-thousand", "Refused", "4,891 connections, 512 apps in 51 spaces"),
        ("five-apps", "Ready to apply", "6 connections, 5 apps in 3 spaces"),
        ("five-thousand-apps", "Refused", "28 connections of 20,028, 19 apps in 6 spaces"),
    ],
)
def test_it_opens_from_a_file_without_any_network(opened, name, verdict, count):
    page = opened(name)
    assert page.one(".verdict .word").text == verdict
    assert page.count() == count
    assert page.lines()
    assert page.column(2)
    timing = page.run("return performance.getEntriesByType('navigation')[0].domComplete")
    assert 0 < timing < LONGEST_OPENING


def test_an_empty_plan_of_which_nothing_else_is_known(opened):
    page = opened("empty")
    assert page.one(".verdict .word").text == "Nothing to change"
    assert "changes no connection" in page.one("#scope").text
    assert not page.one("#stage").is_displayed()
    assert not page.one("#connections").is_displayed()


def test_the_page_says_how_much_it_knows(opened):
    assert "Only what this plan changes" in opened("forty").one("#scope").text
    assert "as it will be after this plan" in opened("in-network").one("#scope").text


def test_few_apps_are_open_and_many_are_grouped_by_space(opened):
    page = opened("forty")
    assert "app acme/payments/ledger, zone cde" in page.nodes()
    page = opened("five-thousand")
    assert len(page.nodes()) == 51
    assert all(label.startswith("space ") for label in page.nodes())


def test_the_start_of_a_large_picture_can_be_read(opened):
    page = opened("five-thousand-apps")
    page.toggle("changes", "unchanged")
    assert len(page.nodes()) == 206
    assert "lines are not drawn" in page.one("#not-drawn").text
    scale = page.run("const svg = document.querySelector('#picture'); return svg.getScreenCTM().a")
    assert scale >= 0.59


def test_a_page_that_breaks_the_rules_would_be_noticed(browser, report_file, tmp_path):
    broken = tmp_path / "broken.html"
    text = report_file("empty").read_text(encoding="utf-8")
    broken.write_text(
        text.replace("<footer>", "<footer onclick='1'><script>1</script><img src='https://example.com/x.png'>"),
        encoding="utf-8",
    )
    page = ReportPage(browser, broken)
    said = "\n".join(page.messages())
    assert "script-src" in said
    assert "img-src" in said
