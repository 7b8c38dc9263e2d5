"""`c2c simulate`: the embedded foundation as a server on this machine."""

from __future__ import annotations

import ipaddress
import json

import click

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.cli.snapshots import read_snapshot
from reconciler.errors import UsageError
from reconciler.resources import demo_path

EPILOG = """\b
Example:
  c2c simulate --seed live.yml --listen 127.0.0.1:8080
Then, in another terminal:
  CF_API=http://127.0.0.1:8080 CF_USERNAME=admin CF_PASSWORD=admin c2c plan
"""


@click.command("simulate", epilog=EPILOG)
@click.option("--seed", metavar="FILE", help="A Snapshot to start from (YAML or JSON); the demo's if left out.")
@click.option(
    "--listen", metavar="HOST:PORT", default="127.0.0.1:0", show_default=True, help="Loopback only; port 0 picks one."
)
@format_option()
def command(seed: str | None, listen: str, output_format: str) -> int:
    """Serve UAA, Cloud Controller and policy server from memory. The first line on standard output is the URL.

    Without --seed it is the demo's foundation, without --listen a free port. Nothing is kept: every start begins with
    the seed. Without `users` in the seed, sign in as admin / admin.
    """
    from reconciler.simulator.foundation import Foundation  # noqa: PLC0415 - after --help has been served
    from reconciler.simulator.seed import build_world  # noqa: PLC0415 - as above
    from reconciler.simulator.server import serve  # noqa: PLC0415 - as above

    def shown(url: str) -> str:
        return f"{url}\n" if output_format == "text" else f"{json.dumps({'url': url})}\n"

    console = open_console()
    host, port = _address(listen)
    world = build_world(read_snapshot(seed or str(demo_path() / "foundation.yml")))
    try:
        serve(Foundation(world), host, port, on_ready=lambda url: console.result(shown(url)))
    except OSError as problem:
        raise UsageError(
            f"{listen} cannot be listened on: {problem.strerror}", hint="port 0 picks a free one"
        ) from None
    return 0


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the last port
        raise UsageError(f"not an address to listen on: {listen!r}", hint="write it like 127.0.0.1:8080")
    host = host.strip("[]") or "127.0.0.1"
    if host == "localhost":
        return "127.0.0.1", int(port)
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(
            f"{host} is not a loopback address", hint="the embedded foundation is for this machine only: use 127.0.0.1"
        )
    return host, int(port)
