"""The canned platform in a process of its own, for those who measure: what it takes is not counted with them."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Self

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Server:
    """The canned platform of a world. `environment` leads the tool to it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "bench.server", str(folder / "answers")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip()
        self.environment: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CF_", "C2C_"))},
            "CF_API": f"http://127.0.0.1:{port}",
            "CF_ACCESS_TOKEN": _token(),
            "NO_PROXY": "*",
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def count(self) -> int:
        """Give how many requests there were since the last question."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        counted = orjson.loads(self._process.stdout.readline())
        return sum(counted.values())


def _token() -> str:
    """Make a token that says what a plan wants to know; nobody checks it."""
    claims = {"scope": ["network.admin", "cloud_controller.admin"], "sub": "bench", "user_name": "bench", "exp": 2**33}
    parts = (b'{"alg":"none"}', orjson.dumps(claims), b"none")
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
