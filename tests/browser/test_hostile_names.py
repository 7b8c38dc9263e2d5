from __future__ import annotations

from support.hostile_page import HOSTILE

from reconciler.model.names import encode_segment
from reconciler.report.escape import escape


def shown(name):
    return "/".join([escape(encode_segment(name))] * 2)


def untouched(page):
    assert page.run("return window.broken") is None
    assert page.all("img, iframe, object, embed, svg [onload], [onerror]") == []
    assert len(page.all("script")) == 2
    assert page.all("a[href^='javascript:']") == []


def test_names_stay_text_wherever_they_are_shown(opened):
    page = opened("hostile")
    untouched(page)
    text = page.one("body").get_attribute("textContent")
    for name in HOSTILE:
        assert f"{shown(name)}/{escape(name)}" in text
    assert f"Plan for {HOSTILE[1]}" == page.browser.title


def test_choosing_and_filtering_by_hostile_names(opened):
    page = opened("hostile")
    for index in range(len(HOSTILE)):
        page.run("document.querySelectorAll('#connections-table tbody tr')[arguments[0]].click()", index)
        assert "Manifest line" in page.details()
    for option in page.all("#zone option, #space option"):
        option.click()
    for label in sorted(page.nodes()):
        page.run(
            "[...document.querySelectorAll('#picture [role=button]')]"
            ".find((item) => item.getAttribute('aria-label') === arguments[0])"
            "?.dispatchEvent(new MouseEvent('click'))",
            label,
        )
    page.clear()
    page.search("<img")
    assert " of 132, " in page.count()
    untouched(page)
