"""A platform of canned answers, as fast as one can be: pages are bytes before anybody asks.

It answers what a plan asks for: the root, lists with the filters that the client uses, and the policies. It prints its
port, and writes how many requests it had to a file when it ends.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bench.world import PAGE_SIZE, page

_LISTS = ("organizations", "spaces", "domains", "apps", "routes")
_FILTERS = {
    "guids": ("guid",),
    "names": ("name",),
    "space_guids": ("relationships", "space", "data", "guid"),
    "organization_guids": ("relationships", "organization", "data", "guid"),
    "domain_guids": ("relationships", "domain", "data", "guid"),
    "hosts": ("host",),
}


class Canned:
    """The answers of one world."""

    def __init__(self, folder: Path) -> None:
        self.policies = (folder / "policies.json").read_bytes()
        self.pages = {name: [file.read_bytes() for file in sorted(folder.glob(f"{name}-*.json"))] for name in _LISTS}
        self._rows = {
            name: [row for body in bodies for row in orjson.loads(body)["resources"]]
            for name, bodies in self.pages.items()
        }
        self._by: dict[tuple[str, str], dict[str, list[Any]]] = {}
        self._filtered: dict[str, bytes] = {}

    def listing(self, name: str, query: str) -> bytes:
        """Answer for a list. A filter that keeps everything is passed over, as it would not change the answer."""
        asked = parse_qs(query)
        number = int(asked.get("page", ["1"])[0])
        filters = {key: asked[key][0].split(",") for key in _FILTERS if key in asked}
        if filters.get("domain_guids"):
            filters.pop("domain_guids")  # there is one domain
        owners = "include" in asked
        if not filters and not owners:
            return self.pages[name][number - 1]
        known = f"{name}?{query}"
        if known not in self._filtered:
            rows = self._chosen(name, filters)
            at = (number - 1) * PAGE_SIZE
            shown = rows[at : at + PAGE_SIZE]
            body = page(shown, len(rows), number)
            if owners:
                body = orjson.dumps({**orjson.loads(body), "included": self._owners(shown)})
            self._filtered[known] = body
        return self._filtered[known]

    def _chosen(self, name: str, filters: dict[str, list[str]]) -> list[Any]:
        rows = self._rows[name]
        if filters:
            key = min(filters)
            index = self._by.get((name, key))
            if index is None:
                index = self._by[name, key] = defaultdict(list)
                for row in rows:
                    index[_value(row, _FILTERS[key])].append(row)
            rows = [row for value in dict.fromkeys(filters[key]) for row in index.get(value, ())]
        for key, values in filters.items():
            wanted = set(values)
            rows = [row for row in rows if _value(row, _FILTERS[key]) in wanted]
        return rows

    def _owners(self, rows: list[Any]) -> dict[str, list[Any]]:
        homes = {_value(row, _FILTERS["space_guids"]) for row in rows}
        spaces = [row for row in self._rows["spaces"] if row["guid"] in homes]
        owning = {_value(row, _FILTERS["organization_guids"]) for row in spaces}
        return {
            "spaces": spaces,
            "organizations": [row for row in self._rows["organizations"] if row["guid"] in owning],
        }


def _value(row: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        row = row[key]
    return row


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a small body would wait for the head to be acknowledged
    canned: Canned
    count: Counter[str]
    lock: Lock

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        with self.lock:
            self.count[place.path] += 1
        head, _, name = place.path.rpartition("/")
        if place.path == "/":
            body = self._root()
        elif place.path == "/networking/v1/external/policies":
            body = self.canned.policies
        elif head == "/v3" and name in _LISTS:
            body = self.canned.listing(name, place.query)
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _root(self) -> bytes:
        host, port = self.server.server_address[:2]
        here = f"http://{host}:{port}"  # type: ignore[str-bytes-safe]
        return orjson.dumps(
            {
                "links": {
                    "uaa": {"href": f"{here}/uaa"},
                    "network_policy_v1": {"href": f"{here}/networking/v1/external"},
                    "cloud_controller_v3": {"href": f"{here}/v3", "meta": {"version": "3.180.0"}},
                }
            }
        )

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> None:
    """Serve until standard input ends; then print how many requests there were, by path."""
    Handler.canned, Handler.count, Handler.lock = Canned(folder), Counter(), Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for _ in sys.stdin:  # each line asks for the count since the last one
        with Handler.lock:
            print(orjson.dumps(dict(Handler.count)).decode(), flush=True)
            Handler.count.clear()
    server.shutdown()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
