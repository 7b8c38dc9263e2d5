"""The side that parses."""

from __future__ import annotations

import signal
import sys

from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.parsing.process import receive, send
from reconciler.manifests.parsing.source import parse_documents


def parse(content: bytes) -> list[bytes]:
    """Parse a file; give the blocks of its documents, and none where anything is wrong."""
    with still_collector():
        documents, problems = parse_documents("", content)
    try:
        return [] if problems else [block for document in documents for block in document.pack()]
    except TypeError:
        return []  # a value that JSON cannot hold


def main() -> None:
    """Answer until the input ends."""
    # An interrupt at the terminal reaches every process; the one that asks deals with it, and then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            (content,) = receive(sys.stdin.buffer)
            send(sys.stdout.buffer, parse(content))
        except (EOFError, BrokenPipeError):
            return


if __name__ == "__main__":
    main()
