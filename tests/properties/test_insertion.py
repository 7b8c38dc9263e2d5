"""What is added to manifests goes between the lines of people: none moves, and every comment stays where it belongs."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.manifests.editing.insertion import Addition, Item, Setting, extended
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.export.entries import Opened
from reconciler.manifests.export.render import grant_item, port_item
from reconciler.manifests.parsing.source import parse_documents
from reconciler.model.ports import PortRange

BLOCK_PORTS = ["ports:", "  - {name: p@, port: 1@, tls: none}", "  - name: q@", "    port: 2@", "    tls: none"]
PORTS = [[], BLOCK_PORTS, ["ports: []"], ["ports: [{name: p@, port: 1@, tls: none}]"]]
BLOCK_GRANTS = ["ingress:", "  - from: x@", "    ports: [p@]", "    why: |", "      w@", "  - from:", "      - y@",
                "    ports: [p@]"]  # fmt: skip
ENDING_IN_TEXT = BLOCK_GRANTS[:5]
GRANTS = [[], BLOCK_GRANTS, ENDING_IN_TEXT, ["ingress: []"], ["ingress: [{from: x@, ports: [p@]}]"]]
ROUTES = [[], ["routes: [r@.apps.internal]"], ["routes:", "  - r@.apps.internal"], ["routes: []"]]
MATCH = [[], ["match: [a@, b@]"], ["match:", "  - a@", "  - 'b@'"]]
IN_BRACKETS = [
    "- {name: a@}",
    "- {name: a@, ports: [{name: p@, port: 1@, tls: none}], ingress: [{from: x@, ports: [p@]}]}",
    "- {name: a@, routes: [], ports: [], ingress: []}",
]
COMMENTED = st.sampled_from(["", "", "", "  # eol"])


class Author:
    """Writes a file; every comment has a number of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._number = 0
        self.text = ""

    def lines(self, lines: list[str], indentation: int) -> None:
        for line in lines:
            self._number += 1
            comment = self._draw(COMMENTED)
            if comment and not line.endswith(("|", "w@")):
                comment += f" {self._number}"
            else:
                comment = ""
            if "w@" not in line:
                self._between()
            self.text += f"{' ' * indentation}{line}{comment}\n".replace("@", str(self._number))
        self._between()

    def _between(self) -> None:
        for kind in self._draw(st.lists(st.sampled_from(["", "", 0, 2, 4, 6, 8, 10]), max_size=2)):
            self._number += 1
            self.text += "\n" if kind == "" else f"{' ' * kind}# comment {self._number}\n"

    def app(self, indentation: int) -> None:
        if self._draw(st.integers(0, 4)) == 0:
            self.lines([self._draw(st.sampled_from(IN_BRACKETS))], indentation)
            return
        keys = [self._draw(st.sampled_from(forms)) for forms in (MATCH, ROUTES, PORTS, GRANTS)]
        self.lines(["- name: a@"], indentation)
        for key in self._draw(st.permutations(keys)):
            self.lines(key, indentation + 2)

    def document(self, number: int) -> None:
        head = ["apiVersion: c2c/v1", "kind: Space", "org: acme", f"space: s😀é{number}"]
        apps = self._draw(st.sampled_from(["[]", "[{name: a@, ports: []}, {name: b@}]", "", "", "", ""]))
        self.lines([*head, f"apps: {apps}".rstrip()], 0)
        for _ in range(0 if apps else self._draw(st.integers(1, 3))):
            self.app(2)
        if self._draw(st.integers(0, 4)) == 0:
            self.lines(["owner: me"], 0)


@st.composite
def files(draw: st.DrawFn) -> str:
    author = Author(draw)
    for number in range(draw(st.integers(1, 2))):
        author.text += "---\n" if number else ""
        author.document(number)
    text = canonical("x.yml", author.text.encode())
    assume(isinstance(text, bytes))
    return text.decode()


NEW_ROUTE = Item(("- new.apps.internal",))
NEW_GRANT = grant_item(["new-caller"], ["new-port"])
NEW_PORT = port_item(Opened("tcp", PortRange(9999, 9999)), "new-port", has_tls=False)
NEW_APP = Item(("- name: new-app", "  ports:", f"    {NEW_PORT.lines[0]}"), NEW_PORT.notes)


@st.composite
def additions(draw: st.DrawFn, text: str) -> list[Addition | Setting]:
    found: list[Addition | Setting] = []
    for number, document in enumerate(parse_documents("x.yml", text.encode())[0]):
        for place in range(len(document.data["apps"])):
            path = ("apps", place)
            ways = [
                Addition(number, path, "ports", (NEW_PORT,)),
                Addition(number, path, "ingress", (NEW_GRANT, NEW_GRANT)),
                Addition(number, path, "routes", (NEW_ROUTE,), in_brackets=True),
                Setting(number, path, "trust", "system"),
            ]
            found += draw(st.lists(st.sampled_from(ways), unique_by=lambda way: way.key))
        if draw(st.booleans()):
            found.append(
                Addition(number, (), "apps", (NEW_APP, NEW_APP._replace(lines=("- name: new-b",))), apart=True)
            )
    return draw(st.permutations(found))


ADDED = re.compile("new|trust")


def is_same(old: str | None, new: str | None) -> bool:
    """Say whether a line is the old one, or that one with more in its brackets."""
    if old is None or new is None:
        return old is new
    return old == new or old.replace(" []", "", 1) == new or (bool(ADDED.search(new)) and is_subsequence(old, new))


def is_subsequence(old, new, same=lambda one, other: one == other) -> bool:
    rest = iter(new)
    return all(any(same(item, other) for other in rest) for item in old)


def saying(text: str) -> list[str]:
    """Leave out blank lines: above a `---` the formatter keeps one of them after brackets alone."""
    return [line for line in text.splitlines() if line]


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def depth(line: str) -> int:
    return len(line) - len(line.lstrip())


class Around:
    """What stands around a comment: the lines above and below that say something, and to which it belongs."""

    def __init__(self, lines: list[str], number: int) -> None:
        says = [at for at, line in enumerate(lines) if line.strip() and not is_comment(line)]
        above = max((at for at in says if at < number), default=-1)
        below = min((at for at in says if at > number), default=len(lines))
        self.above = lines[above] if above >= 0 else None
        self.below = lines[below] if below < len(lines) else None
        run = [line for line in lines[above + 1 : number + 1] if is_comment(line)]
        self.belongs_below = any(depth(line) <= depth(self.below or "") for line in run)


def check_comments(old: str, new: str) -> None:
    before, after = old.splitlines(), new.splitlines()
    for number, line in enumerate(before):
        if is_comment(line):
            was, now = Around(before, number), Around(after, after.index(line))
            stays_above, stays_below = is_same(was.above, now.above), is_same(was.below, now.below)
            assert stays_above or (was.belongs_below and stays_below), (line, old, new)


@given(st.data())
def test_no_line_moves_and_every_comment_stays_where_it_belongs(data):
    old = data.draw(files())
    wanted = data.draw(additions(old))
    new = extended("x.yml", old.encode(), wanted)
    assert isinstance(new, bytes), (old, wanted, new)
    new = new.decode()
    assert is_subsequence(old.splitlines(), new.splitlines(), is_same), (old, new)
    check_comments(old, new)
    formatted = canonical("x.yml", new.encode())
    assert isinstance(formatted, list) or saying(formatted.decode()) == saying(new), (old, new)
    todos = new.count("TODO: check") - old.count("TODO: check")
    assert todos >= sum(item == NEW_PORT for way in wanted if isinstance(way, Addition) for item in way.items)
    assert new.count("why: TODO") == sum(way.key == "ingress" for way in wanted) * 2


def test_what_speaks_of_the_whole_file_at_its_end_stays_there():
    old = "apiVersion: c2c/v1\nkind: Space\norg: a\nspace: b\napps:\n  - name: c\n    # of c\n\n# written by hand\n"
    new = extended("x.yml", old.encode(), [Addition(0, (), "apps", (Item(("- name: d",)),), apart=True)])
    assert new.decode() == old.replace("\n\n# w", "\n\n  - name: d\n\n# w")
