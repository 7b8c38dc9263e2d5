from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from support.hostile_page import HOSTILE, hostile_plan
from support.networks_after import five_apps, in_network
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.planning.digest import plan_digest
from reconciler.planning.plan import PlanOptions
from reconciler.report.escape import escape
from reconciler.report.html import render_plan_html
from reconciler.report.html.page import MOST_FINDINGS

PLANS = {
    "empty": empty_plan,
    "forty": forty_changes,
    "five-thousand": five_thousand_changes,
    "hostile": hostile_plan,
    "five-apps": five_apps,
    "in-network": lambda: in_network(forty_changes(), spaces=3, apps=4),
}


class Page(HTMLParser):
    """Takes a page apart as a browser would: elements with their attributes, and the text of each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self._inside: dict[str, str | None] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = {"tag": tag, **dict(attrs)} if tag in {"script", "style"} else None

    def handle_data(self, data):
        if self._inside is None:
            self.text += data
        else:
            self.raw.append((self._inside, data))

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self._inside = None

    def contents(self, tag: str, kind: str | None = None) -> str:
        (found,) = [data for inside, data in self.raw if inside["tag"] == tag and inside.get("type") == kind]
        return found

    def policy(self) -> str:
        (found,) = [item for tag, item in self.elements if tag == "meta" and "http-equiv" in item]
        return found["content"]


@pytest.fixture(scope="module", params=PLANS)
def page(request):
    return Page(render_plan_html(PLANS[request.param]()))


def source_of(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def test_only_the_pages_own_script_and_style_may_run(page):
    directives = dict(item.split(" ", 1) for item in page.policy().split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == source_of(page.contents("script", "module"))
    assert directives["style-src"] == source_of(page.contents("style"))
    assert "unsafe" not in page.policy()
    assert "http" not in page.policy()


def test_nothing_is_loaded_and_no_attribute_is_code(page):
    attributes = [(tag, name, value) for tag, item in page.elements for name, value in item.items()]
    assert not [entry for entry in attributes if entry[1].startswith("on") or entry[1] in {"style", "src", "srcset"}]
    assert {value for _, name, value in attributes if name in {"href", "action"}} == {"data:,", "#connections"}
    assert {tag for tag, _ in page.elements} & {"img", "iframe", "object", "embed", "base", "form"} == {"form"}
    assert "url(" not in page.contents("style").replace("url(#", "")
    assert "@import" not in page.contents("style")


def test_one_script_one_style_one_block_of_data(page):
    kinds = [(inside["tag"], inside.get("type")) for inside, _ in page.raw]
    assert sorted(kinds, key=str) == sorted(
        [("style", None), ("script", "application/json"), ("script", "module")], key=str
    )


@pytest.mark.parametrize("name", PLANS)
def test_the_same_plan_gives_the_same_bytes(name):
    assert render_plan_html(PLANS[name]()) == render_plan_html(PLANS[name]())


def test_script_parses_no_markup_and_calls_nothing_far_away():
    script = Page(render_plan_html(empty_plan())).contents("script", "module")
    forbidden = (
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(", "fetch(",
        "XMLHttpRequest", "WebSocket", "import(", 'setAttribute("style"', "localStorage",
    )  # fmt: skip
    assert [word for word in forbidden if word in script] == []


def test_hostile_text_is_shown_as_text():
    page = Page(render_plan_html(hostile_plan()))
    for text in HOSTILE:
        assert escape(text) in page.text
    assert not re.search("[\x00\x1b\u2028\u202e]", render_plan_html(hostile_plan()))


def test_verdict_counts_digest_and_command_stand_on_top():
    plan = replace(forty_changes(), findings=())
    page = Page(render_plan_html(plan))
    words = " ".join(page.text.split())
    assert "Ready to apply" in words
    assert "+27 create ~4 replace \u22129 delete 112 unchanged 2 pending 1 blocked 2 foreign 1 stale" in words
    assert f"c2c apply --digest {plan_digest(plan)} policies" in words


def test_a_refused_plan_has_no_command():
    words = Page(render_plan_html(forty_changes())).text
    assert "Refused" in words
    assert "c2c apply" not in words


def test_nothing_to_change_is_said():
    words = Page(render_plan_html(empty_plan())).text
    assert "Nothing to change" in words
    assert "c2c apply" not in words


def test_a_plan_against_a_snapshot_cannot_be_applied():
    words = Page(render_plan_html(replace(forty_changes(), findings=(), foundation="snapshot"))).text
    assert "made against a snapshot" in words
    assert "Passed" in words
    assert "Ready to apply" not in words
    assert "c2c apply" not in words


def test_a_rollback_is_applied_from_its_file():
    plan = replace(forty_changes(), findings=(), options=PlanOptions(empty_plan().options.today, rollback_of="j.json"))
    words = Page(render_plan_html(plan)).text
    assert f"c2c rollback j.json -o undo.json && c2c apply --digest {plan_digest(plan)} undo.json" in words
    assert "rolls back j.json" in " ".join(words.split())


def test_paths_are_quoted_for_the_shell():
    plan = replace(forty_changes(), findings=())
    plan = replace(plan, manifests=replace(plan.manifests, paths=("-rf", "a b; rm")))
    assert f"c2c apply --digest {plan_digest(plan)} -- -rf 'a b; rm'" in Page(render_plan_html(plan)).text


def test_every_list_is_there_with_its_places():
    words = " ".join(Page(render_plan_html(forty_changes())).text.split())
    for text in (
        "cde-over-tls", "use `tls: auto` or `tls: manual`", "rule policies/guardrails/acme.yml:9",
        "see also policies/acme/payments.yml:29", "acme/payments/fraud-check not found",
        "can be done by a Space Developer of both spaces, or network.admin", "0b7c7a6e-52c5-4f43-8a53-2d9f6f0c4a77",
        "legacy-batch-plaintext 3 of cde-over-tls, until 2027-03-31",
    ):  # fmt: skip
        assert text in words


def test_many_findings_are_counted():
    text = render_plan_html(five_thousand_changes())
    assert Page(text).text.count("acme/payments/svc-b tcp/9009 is against this limit") == 4  # heading and line, twice
    words = " ".join(Page(text).text.split())
    assert "1,001 findings, the first:" in words
    assert f"and {1001 - MOST_FINDINGS} more" in words
    assert "1,000 findings, the first:" in words
