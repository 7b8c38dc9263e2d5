from __future__ import annotations

import pytest

from reconciler.manifests.importing.cf_table import read_cf_table
from reconciler.model.names import AppRef, SpaceRef

TITLE = "Listing network policies in org acme / space web as admin...\n\n"
HEAD = "source     destination   protocol   ports   destination space   destination org\n"
ROW = "frontend   ledger        tcp        61443   payments            acme\n"


def read(text: str, home: SpaceRef | None = None):
    return read_cf_table("list.txt", text.encode(), home)


def codes(text: str, home: SpaceRef | None = None) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in read(text, home).diagnostics]


def ends(text: str, home: SpaceRef | None = None) -> list[tuple[str, str, int]]:
    return [(str(one.source), str(one.destination), one.span.line) for one in read(text, home).policies]


def test_a_row_is_a_policy_from_the_space_of_its_list():
    reading = read(TITLE + HEAD + ROW)
    assert reading.diagnostics == ()
    (policy,) = reading.policies
    assert policy.source == AppRef("acme", "web", "frontend")
    assert policy.destination == AppRef("acme", "payments", "ledger")
    assert (policy.protocol, str(policy.ports), policy.span.line) == ("tcp", "61443", 4)


def test_several_lists_a_prompt_a_verdict_and_colours_are_read():
    other = "Listing network policies of app x in org globex / space api as a user...\n"
    text = (
        f"$ cf network-policies\n{TITLE}{HEAD}{ROW}\nOK\n"
        f"\x1b[1mListing\x1b[0m network policies in org \x1b[36;1macme\x1b[0m / space batch as me...\n\n{HEAD}{ROW}"
        f"{other}\n{HEAD}{ROW}"
    )
    assert ends(text) == [
        ("acme/web/frontend", "acme/payments/ledger", 5),
        ("acme/batch/frontend", "acme/payments/ledger", 11),
        ("globex/api/frontend", "acme/payments/ledger", 15),
    ]
    assert codes(text) == []


def test_windows_line_ends_and_an_indented_copy_are_read():
    text = (TITLE + HEAD + ROW).replace("\n", "\r\n")
    assert len(ends(text)) == 1
    indented = TITLE + "".join(f"  {line}\n" for line in (HEAD + ROW).splitlines())
    assert len(ends(indented)) == 1


@pytest.mark.parametrize(
    "row",
    [
        "a   b      ledger        tcp        61443   payments            acme",
        " frontend  ledger        tcp        61443   payments            acme",
        "frontend    ledger       tcp        61443   payments            acme",
        "frontend   ledger        tcp        61443   payments            acme ",
        "frontend   ledger        tcp        61443   payments",
        "frontend ledger tcp 61443 payments acme",
    ],
)
def test_a_row_that_can_be_read_in_two_ways_is_refused(row):
    assert ("ambiguous-row", 4) in codes(TITLE + HEAD + row + "\n")
    assert ends(TITLE + HEAD + row + "\n") == []


def test_a_name_may_hold_blanks_where_its_column_shows_them():
    row = "my front   ledger  2     tcp        61443   payments            my org\n"
    assert ends(TITLE + HEAD + row)[0][:2] == ("acme/web/my front", "my org/payments/ledger  2")


def test_a_list_of_nothing_but_headings_says_that_there_is_nothing():
    head = "source   destination   protocol   ports   destination space   destination org\n"
    assert codes(TITLE + head) == [("nothing-to-import", 1)]
    assert codes("\n") == [("nothing-to-import", 1)]


@pytest.mark.parametrize("stray", ["OK", "$ ls", "hello"])
def test_a_line_between_the_first_one_and_the_headings_cannot_be_read(stray):
    assert codes(f"{TITLE}{stray}\n\n{HEAD}{ROW}") == [("unreadable-line", 3)]
    assert len(ends(f"{TITLE}{stray}\n\n{HEAD}{ROW}")) == 1


def test_columns_that_are_too_wide_may_hide_a_blank_or_lack_rows():
    assert codes(TITLE + HEAD.replace("source     ", "source      ") + ROW.replace("frontend ", "frontend  ")) == [
        ("wide-column", 3)
    ]


def test_a_list_without_its_space_needs_one_to_be_named():
    assert codes(HEAD + ROW) == [("no-space", 1)]
    assert ends(HEAD + ROW, SpaceRef("acme", "web")) == [("acme/web/frontend", "acme/payments/ledger", 2)]


@pytest.mark.parametrize("org", ["a / space b", "a in org b", "a as b / space c"])
def test_a_title_that_can_be_read_in_two_ways_is_refused_unless_the_space_is_named(org):
    text = TITLE.replace("acme", org) + HEAD + ROW
    assert ("ambiguous-row", 1) in codes(text)
    assert len(ends(text, SpaceRef(org, "web"))) == 1


def test_everything_that_is_wrong_is_said_at_once():
    bad = ROW.replace("tcp ", "icmp").replace("61443", "99999")
    assert codes("what is this\n" + TITLE + HEAD + bad) == [
        ("unreadable-line", 1),
        ("bad-protocol", 5),
        ("bad-port", 5),
    ]


def test_text_that_is_no_text_has_its_place():
    assert codes(TITLE + HEAD + ROW.replace("ledger", "led\x00er")) == [("forbidden-character", 4)]
