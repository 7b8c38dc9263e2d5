from __future__ import annotations

import re

import pytest


def brightness(page, selector="body", name="background-color"):
    colour = page.run("return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]", selector, name)
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


@pytest.mark.parametrize(("dark", "bright"), [(False, True), (True, False)])
def test_the_page_follows_the_system(opened, dark, bright):
    page = opened("forty", dark=dark)
    assert (brightness(page) > 128) is bright
    assert (brightness(page, name="color") < 128) is bright


@pytest.mark.parametrize("dark", [False, True])
def test_the_reader_may_choose(opened, dark):
    page = opened("forty", dark=dark)
    button = page.one("#theme")
    assert button.text == "Theme: system"
    button.click()
    assert (button.text, brightness(page) > 128) == ("Theme: light", True)
    button.click()
    assert (button.text, brightness(page) > 128) == ("Theme: dark", False)
    button.click()
    assert (button.text, brightness(page) > 128) == ("Theme: system", not dark)
