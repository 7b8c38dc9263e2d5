"""Over real sockets: TLS, redirects, proxies and servers that break off."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest

from reconciler.cf.exchange import ANSWER_LIMIT, Request
from reconciler.cf.http import Http, HttpSettings
from reconciler.errors import UnexpectedAnswerError, UnreachableError
from reconciler.wire.attempts import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HINT = "name the authority that signed it with CF_CA_FILE, or, knowing the risk, use --skip-ssl-validation"


class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/found")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        pass


def serving(server: http.server.HTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificate with openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return key, cert


@pytest.fixture
def https_port(certificate) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    # The handshake belongs to the connection's own thread, so that a refused one does not end the server.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    yield from serving(server)


@pytest.fixture
def http_port() -> Iterator[int]:
    yield from serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet))


def get(url: str, limit: int = ANSWER_LIMIT, **settings: object) -> int:
    with Http(HttpSettings(**settings)) as client:  # type: ignore[arg-type]
        return client.send(Request("GET", url, limit=limit)).status


def test_an_unknown_authority_is_refused_with_the_way_out(https_port):
    with pytest.raises(UnreachableError) as caught:
        get(f"https://127.0.0.1:{https_port}/")
    assert "the TLS certificate of 127.0.0.1 is not trusted" in caught.value.summary
    assert caught.value.hint == HINT


def test_a_ca_file_makes_it_known(https_port, certificate):
    assert get(f"https://127.0.0.1:{https_port}/", ca_file=certificate[1]) == 200


def test_ssl_cert_file_makes_it_known(https_port, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    assert get(f"https://127.0.0.1:{https_port}/") == 200


def test_skipping_validation_skips_it(https_port):
    assert get(f"https://127.0.0.1:{https_port}/", skip_ssl_validation=True) == 200


def test_a_certificate_for_another_name_is_refused(https_port, certificate):
    with pytest.raises(UnreachableError) as caught:
        get(f"https://localhost:{https_port}/", ca_file=certificate[1])
    assert caught.value.hint == HINT


def test_tls_to_a_plain_port_is_a_tls_problem(http_port):
    with pytest.raises(UnreachableError, match="TLS"):
        get(f"https://127.0.0.1:{http_port}/")


def test_a_real_redirect_is_not_followed(http_port):
    assert get(f"http://127.0.0.1:{http_port}/found") == 200
    with pytest.raises(UnexpectedAnswerError, match="redirect"):
        get(f"http://127.0.0.1:{http_port}/moved")


def test_a_proxy_from_the_environment_is_used(http_port, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{http_port}")
    assert get("http://nosuchhost.invalid/") == 200


@pytest.fixture
def rude_port() -> Iterator[int]:
    """A server that reads a request and hangs up, again and again."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)

    thread = threading.Thread(target=run)
    thread.start()
    yield listener.getsockname()[1]
    done.set()
    socket.create_connection(listener.getsockname()).close()
    thread.join()
    listener.close()


def test_a_connection_that_breaks_leaves_a_write_open_and_a_read_not(rude_port):
    with Http(HttpSettings()) as client:
        for effect, unknown in ((Effect.ONCE, True), (Effect.REPEATABLE, True), (Effect.READ, False)):
            request = Request("POST", f"http://127.0.0.1:{rude_port}/", effect=effect, content=b"{}")
            with pytest.raises(UnreachableError, match=r"the connection to 127\.0\.0\.1 broke") as caught:
                client.send(request)
            assert caught.value.outcome_unknown is unknown


def test_a_silent_server_is_left_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(UnreachableError, match="did not answer in time"):
            get(url, read_seconds=0.05)


HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "endless 100": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "status line": (b"", b"H"),
    "header": (HEAD, b"a"),
    "header value": (HEAD + b"X: ", b"a"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "body to the end": (HEAD + b"\r\n", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk extension": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
    "gzip": (
        HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n" + gzip.compress(b"")[:10] + b"\r\n",
        b"5\r\n\x00\x00\x00\xff\xff\r\n",
    ),
}


@pytest.fixture(params=DRIPS.values(), ids=DRIPS)
def dripping_port(request) -> Iterator[int]:
    """A server that never stays silent for long and never comes to an end."""
    first, drop = request.param
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(first)
            while not done.wait(0.02):
                connection.sendall(drop)

    def run() -> None:
        while not done.is_set():
            connection, _ = listener.accept()
            threading.Thread(target=drip, args=(connection,)).start()

    thread = threading.Thread(target=run)
    thread.start()
    yield listener.getsockname()[1]
    done.set()
    socket.create_connection(listener.getsockname()).close()
    thread.join()
    listener.close()


def test_a_dripping_server_is_left_in_time(dripping_port):
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="did not answer in time"):
        get(
            f"http://127.0.0.1:{dripping_port}/",
            connect_seconds=0.1,
            read_seconds=0.2,
            head_seconds=0.1,
            body_seconds=0.3,
            attempts=1,
            limit=2**20 - 1,
        )
    assert time.monotonic() - started < 5


def test_a_dripping_server_behind_tls_is_left_in_time(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    done = threading.Event()

    def drip() -> None:
        while not done.is_set():
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(listener.accept()[0], server_side=True) as connection,
            ):
                connection.sendall(HEAD)
                while not done.wait(0.02):
                    connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(UnreachableError, match="did not answer in time"):
            get(
                f"https://127.0.0.1:{listener.getsockname()[1]}/",
                ca_file=certificate[1],
                connect_seconds=1,
                read_seconds=0.2,
                head_seconds=0.1,
                attempts=1,
            )
        done.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()


def test_connections_are_kept_and_used_again(http_port):
    with Http(HttpSettings()) as client:
        for _ in range(3):
            client.send(Request("GET", f"http://127.0.0.1:{http_port}/"))
        assert len(client._lines._idle) == 1
