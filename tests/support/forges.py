"""GitHub and GitLab as far as comments go, served on a loopback port. They share no code with the client."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PERSON = {"id": 7, "login": "mallory", "username": "mallory", "type": "User"}
BOT = {"id": 41898282, "login": "github-actions[bot]", "username": "project_1_bot_x", "type": "Bot"}


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Fault:
    """What happens to the next request of a method: an answer of its own, or a connection that ends after the work."""

    method: str
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


@dataclass
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Forge:
    """Comments in memory. `writable` is whether the token may write."""

    token = "ghs_verysecrettoken0123456789"
    longest = 0
    default_page, longest_page = 0, 100

    def __init__(self) -> None:
        self.me = BOT
        self.comments: list[dict[str, Any]] = []
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.writable = True
        self.url = ""
        self.next_id = 100

    def add(self, body: str, author: dict[str, Any] = PERSON) -> dict[str, Any]:
        self.next_id += 1
        self.comments.append({"id": self.next_id, "body": body, **self.signed(author)})
        return self.comments[-1]

    def sent(self, method: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method]

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def signed(self, author: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def handle(self, request: Seen) -> Reply:
        raise NotImplementedError

    def page(self, request: Seen, items: list[Any]) -> Reply:
        size = min(int(request.query.get("per_page", self.default_page)), self.longest_page)
        number = int(request.query.get("page", "1"))
        shown = items[(number - 1) * size : number * size]
        links = []
        if number * size < len(items):
            links.append(self.link(request, number + 1, "next"))
        links.append(self.link(request, max(1, -(-len(items) // size)), "last"))
        return Reply(200, shown, {"Link": ", ".join(links)})

    def link(self, request: Seen, number: int, relation: str) -> str:
        query = urlencode({**request.query, "page": number})
        return f'<{self.url}{request.path}?{query}>; rel="{relation}"'


class GitHub(Forge):
    """Source: docs.github.com, REST "Issue comments", "Rate limits" and "Pulls"; bodies as they are seen there."""

    longest = 65_536
    default_page = 30

    def __init__(self) -> None:
        super().__init__()
        self.pulls: list[dict[str, Any]] = []
        self.graphql = True

    def signed(self, author):
        return {"user": author, "html_url": f"https://github.test/acme/net/pull/12#issuecomment-{self.next_id}"}

    def handle(self, request):
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
        if request.path in {"/user", "/graphql"}:
            return self.whoami(request.path)
        if request.path == "/repos/acme/net/pulls":
            owner, _, branch = request.query["head"].partition(":")
            heads = [p for p in self.pulls if (p["head"]["user"]["login"], p["head"]["ref"]) == (owner, branch)]
            return self.page(request, heads)
        if request.path == "/repos/acme/net/issues/12/comments":
            return self.listing(request)
        if found := re.fullmatch(r"/repos/acme/net/issues/comments/(\d+)", request.path):
            return self.one(request, int(found[1]))
        return Reply(404, {"message": "Not Found", "status": "404"})

    def whoami(self, path):
        if path == "/graphql" and self.graphql:
            viewer = {"login": self.me["login"], "databaseId": self.me["id"]}
            return Reply(200, {"data": {"viewer": viewer}})
        if path == "/graphql":
            return Reply(404, {"message": "Not Found"})
        if self.me["type"] == "Bot":
            return Reply(403, {"message": "Resource not accessible by integration", "status": "403"})
        return Reply(200, self.me)

    def listing(self, request):
        if request.method == "GET":
            return self.page(request, self.comments)
        return self.refused(request) or Reply(201, self.add(request.body["body"], self.me))

    def one(self, request, number):
        found = [comment for comment in self.comments if comment["id"] == number]
        if not found:
            return Reply(404, {"message": "Not Found", "status": "404"})
        if request.method == "DELETE":
            self.comments.remove(found[0])
            return Reply(204)
        if refusal := self.refused(request):
            return refusal
        found[0]["body"] = request.body["body"]
        return Reply(200, found[0])

    def refused(self, request):
        if not self.writable:
            return Reply(403, {"message": "Resource not accessible by integration", "status": "403"})
        if len(request.body["body"]) > self.longest:
            said = f"Body is too long (maximum is {self.longest} characters)"
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": said}
            return Reply(422, {"message": "Validation Failed", "errors": [error]})
        return None


class GitLab(Forge):
    """Source: gitlab `lib/api/notes.rb`, `app/models/note.rb`."""

    token = "glpat-verysecrettoken0123456789"
    longest = 1_000_000
    default_page = 20

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[str] = []

    def signed(self, author):
        return {"author": {"id": author["id"], "username": author["username"]}, "system": False}

    def handle(self, request):
        if request.headers.get("private-token") != self.token:
            return Reply(401, {"message": "401 Unauthorized"})
        if request.path == "/api/v4/user":
            return Reply(200, {"id": self.me["id"], "username": self.me["username"]})
        found = re.fullmatch(r"/api/v4/projects/5/merge_requests/12/notes(?:/(\d+))?", request.path)
        if not found:
            return Reply(404, {"message": "404 Project Not Found"})
        if found[1]:
            return self.one(request, int(found[1]))
        if request.method == "GET":
            return self.page(
                request, sorted(self.comments, key=lambda c: c["id"], reverse=request.query["sort"] != "asc")
            )
        return self.refused(request) or Reply(201, self.noted(request.body["body"]))

    def noted(self, body):
        self.commands += re.findall(r"^/\w+", body, re.MULTILINE)
        return self.add(body, self.me)

    def one(self, request, number):
        found = [note for note in self.comments if note["id"] == number]
        if not found:
            return Reply(404, {"message": "404 Not found"})
        if request.method == "DELETE":
            self.comments.remove(found[0])
            return Reply(204)
        if refusal := self.refused(request):
            return refusal
        found[0]["body"] = request.body["body"]
        return Reply(200, found[0])

    def refused(self, request):
        if not self.writable:
            return Reply(403, {"message": "403 Forbidden"})
        if len(request.body["body"]) > self.longest:
            return Reply(400, {"message": {"note": [f"is too long (maximum is {self.longest} characters)"]}})
        return None


class _Handler(BaseHTTPRequestHandler):
    forge: Forge
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Seen(self.command, parts.path, query, headers, body)
        self.forge.seen.append(request)
        fault = next((fault for fault in self.forge.faults if fault.method == self.command), None)
        if fault is not None:
            self.forge.faults.remove(fault)
        if fault is None or fault.hang_up:
            reply = self.forge.handle(request)
        else:
            reply = Reply(fault.status, fault.body, fault.headers)
        if fault is not None and fault.hang_up:
            self.close_connection = True
            return
        self.write(reply)

    def write(self, reply: Reply) -> None:
        content = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(content)

    def __getattr__(self, name: str) -> object:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(forge: Forge) -> Iterator[Forge]:
    """Serve a forge; its `url` is where it is."""

    handler = type("Handler", (_Handler,), {"forge": forge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
