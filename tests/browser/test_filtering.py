from __future__ import annotations


def test_search_narrows_table_and_picture(opened):
    page = opened("forty")
    page.search("settlement 9000")
    assert page.count().startswith("2 connections of 28")
    assert set(page.column(2)) | set(page.column(3)) == {
        "acme/batch/scheduler",
        "acme/batch/settlement",
        "acme/payments/ledger",
    }
    assert {label for label in page.nodes() if label.startswith("app ")} == {
        "app acme/batch/scheduler",
        "app acme/batch/settlement",
        "app acme/payments/ledger, zone cde",
    }
    assert len(page.lines()) == 2


def test_search_finds_manifest_lines_and_reasons(opened):
    page = opened("forty")
    page.search("plaintext payments.yml:13")
    assert page.column(8) == ["policies/acme/payments.yml:13"]
    page.search("EXPIRED")
    assert page.column(7) == ["expired"]


def test_search_that_finds_nothing_says_so(opened):
    page = opened("forty")
    page.search("no such app")
    assert page.count() == "0 connections of 28, 0 apps in 0 spaces"
    assert page.nodes() == set()
    assert "Nothing to show" in page.one("#connections-table").text
    page.clear()
    assert page.count().startswith("28 connections,")


def test_filter_by_space(opened):
    page = opened("forty")
    page.choose("space", "acme/monitoring")
    for source, target in zip(page.column(2), page.column(3), strict=True):
        assert "acme/monitoring/" in source + target
    assert len(page.column(2)) == 5
    assert page.lines()
    assert all("acme/monitoring/" in line for line in page.lines())


def test_filter_by_zone(opened):
    page = opened("in-network")
    page.choose("zone", "cde")
    ends = set(zip(page.column(2), page.column(3), strict=True))
    assert ends
    assert all("team-002" in source + target or "payments" in source + target for source, target in ends)


def test_filter_by_tls(opened):
    page = opened("forty")
    for mode in ("manual", "auto", "unknown", "chain"):
        page.toggle("tls", mode)
    assert page.count().startswith("10 connections of 28")
    assert {words.split(" ⇒ ")[-1] for words in page.column(5)} == {"plaintext"}


def test_filter_by_change(opened):
    page = opened("forty")
    page.toggle("changes", "gained")
    page.toggle("changes", "changed")
    assert {words.split()[-1] for words in page.column(1)} == {"lost"}
    assert len(page.column(1)) == 5
    assert all("\u2212" in line for line in page.lines())


def test_filters_add_up_and_clear_takes_them_all_away(opened):
    page = opened("in-network")
    before = page.count()
    page.search("team-001")
    page.choose("zone", "web")
    page.toggle("tls", "none")
    assert 0 < len(page.column(1)) < 100
    for source, target, tls in zip(page.column(2), page.column(3), page.column(5), strict=True):
        assert "team-001" in source + target
        assert "team-000" in source + target
        assert tls != "plaintext"
    page.clear()
    assert page.count() == before
    assert page.one("#search").get_attribute("value") == ""


def test_search_among_five_thousand_is_quick(opened):
    page = opened("five-thousand")
    page.search("team-07/svc-a")
    assert all(
        "team-07/svc-a" in source + target for source, target in zip(page.column(2), page.column(3), strict=True)
    )
    assert 0 < len(page.column(2)) <= 100


def test_pages_of_the_table(opened):
    page = opened("five-thousand")
    assert len(page.column(1)) == 100
    first = page.column(8)
    page.one("#connections-table .pager button:nth-of-type(2)").click()
    assert page.column(8) != first
    assert "101\u2013200 of 4,891" in page.one("#connections-table .pager").text


def test_sorting(opened):
    page = opened("forty")
    head = page.one("#connections-table th:nth-child(2) button")
    head.click()
    assert page.column(2) == sorted(page.column(2))
    assert page.one("#connections-table th:nth-child(2)").get_attribute("aria-sort") == "ascending"
    head.click()
    assert page.column(2) == sorted(page.column(2), reverse=True)
    page.one("#connections-table th:nth-child(6) button").click()
    risks = page.column(6)
    assert risks == sorted(risks, key=["high", "medium", "low", ""].index)


def test_routes_and_variables_have_a_table_of_their_own(opened):
    page = opened("forty")
    rows = page.texts("#others-table tbody tr")
    assert len(rows) == 14
    assert any("SSL_CERT_FILE/app/certs/bundle.pem => /etc/ssl/certs" in row for row in rows)


def test_printing_shows_the_table_without_controls(opened):
    page = opened("five-thousand")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    page.media(kind="print")
    assert len(page.column(1)) == 2000
    assert not page.one("#search").is_displayed()
    assert page.one("#tls").is_displayed()
    assert page.one("#picture").is_displayed()
    page.run("window.dispatchEvent(new Event('afterprint'))")
    assert len(page.column(1)) == 100
