from __future__ import annotations

from selenium.webdriver.common.keys import Keys


def test_a_click_on_a_row_shows_its_manifest_line(opened):
    page = opened("forty")
    page.search("settlement ledger tcp/9000")
    page.one("#connections-table tbody td:nth-child(4)").click()
    assert "policies/acme/payments.yml:13:9" in page.details()
    assert "cde-over-tls" in page.details()
    assert "gains plaintext access" in page.details()
    assert page.one("#connections-table tr[aria-current]").text.startswith("+ gained")
    assert len(page.all("#picture .line-group.chosen")) == 1


def test_a_click_on_a_line_shows_its_manifest_line(opened):
    page = opened("forty")
    page.click_line("globex/crm/sync → acme/web/accounts")
    assert "policies/acme/web.yml:20:9" in page.details()
    assert len(page.all("#picture .line-group.chosen")) == 1
    assert "globex/crm/sync" in page.one("#connections-table tr[aria-current]").text


def test_what_no_line_asks_for_says_so(opened):
    page = opened("forty")
    page.search("debug-shell")
    page.one("#connections-table tbody td:nth-child(4)").click()
    assert "no manifest line asks for it" in page.details()


def test_a_click_on_an_app_shows_who_calls_it_and_whom_it_calls(opened):
    page = opened("in-network")
    page.search("team-001/svc-02")
    page.node("app acme/team-001/svc-02").click()
    assert "owners-of-team-001" in page.details()
    assert "Called by" in page.details()
    assert "Calls" in page.details()
    page.one("#details .links button").click()
    assert "NET-1201" in page.details()
    assert "2027-01-31" in page.details()


def test_a_click_opens_and_closes_a_space(opened):
    page = opened("five-thousand")
    page.node("space acme/team-07,").click()
    assert page.node("space acme/team-07,").get_attribute("aria-expanded") == "true"
    assert "app acme/team-07/svc-c" in page.nodes()
    assert "acme/team-07" in page.details()
    page.press(Keys.ENTER)
    assert page.node("space acme/team-07,").get_attribute("aria-expanded") == "false"
    assert "app acme/team-07/svc-c" not in page.nodes()


def test_a_line_between_spaces_lists_what_it_stands_for(opened):
    page = opened("five-thousand")
    page.search("team-07")
    page.one("#close-all").click()
    page.click_line("acme/team-09 → acme/team-07")
    assert "Connections" in page.details()
    page.one("#details .links button").click()
    assert "policies/acme/team-07.yml:" in page.details()


def test_all_spaces_open_and_close_unless_there_are_too_many(opened):
    page = opened("five-thousand")
    page.one("#open-all").click()
    assert len(page.nodes()) == 51 + 512
    page.one("#close-all").click()
    assert len(page.nodes()) == 51
    page = opened("five-thousand-apps")
    page.toggle("changes", "unchanged")
    page.one("#open-all").click()
    assert "too many apps" in page.one("#not-drawn").text
    assert len(page.nodes()) == 206


def test_the_picture_by_keyboard(opened):
    page = opened("five-thousand")
    page.run("document.querySelector('#close-all').focus()")
    page.press(Keys.TAB)
    first = page.focused()
    assert first.startswith("space ")
    page.press(Keys.ARROW_RIGHT)
    second = page.focused()
    assert second.startswith("space ")
    assert second != first
    page.press(Keys.ARROW_LEFT, Keys.ARROW_RIGHT)
    assert page.focused().startswith("space ")
    page.press(Keys.ENTER)
    opened_space = page.focused()
    assert page.run("return document.activeElement.getAttribute('aria-expanded')") == "true"
    page.press(Keys.ARROW_DOWN)
    assert page.focused().startswith("app ")
    page.press(Keys.ENTER)
    assert "Called by" in page.details()
    assert opened_space.startswith("space ")
    before = page.one("#picture").get_dom_attribute("viewBox")
    page.press("+")
    assert page.one("#picture").get_dom_attribute("viewBox") != before
    page.press(Keys.TAB)
    assert page.focused() == "Details" or "acme/" in page.focused()


def test_the_table_by_keyboard(opened):
    page = opened("forty")
    page.run("document.querySelector('#connections-table tbody button').focus()")
    assert page.focused() == "gained: details of acme/batch/scheduler → acme/batch/settlement tcp/9000"
    page.press(Keys.ENTER)
    assert "policies/acme/batch.yml:22:9" in page.details()
    assert page.focused() == "gained: details of acme/batch/scheduler → acme/batch/settlement tcp/9000"


def test_what_exposes_most_comes_first_and_leads_to_its_lines(opened):
    page = opened("forty")
    assert page.details().startswith("What exposes most")
    page.one("#details .links button").click()
    assert "high" in page.details()
    assert "policies/acme/payments.yml" in page.details()


def test_zoom_fit_and_drag(opened):
    page = opened("forty")
    box = page.one("#picture").get_dom_attribute("viewBox")
    page.one("#zoom-in").click()
    assert page.one("#picture").get_dom_attribute("viewBox") != box
    page.one("#fit").click()
    assert page.one("#picture").get_dom_attribute("viewBox") == box
