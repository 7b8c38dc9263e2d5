"""The floor: what nobody can do without. The same content read as JSON, the live answers parsed, one set difference."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import orjson

_OPENED = {"api": ("tcp", 61443, 61443), "admin": ("tcp", 8443, 8443), "metrics": ("tcp", 9100, 9100)}


def main(folder: Path) -> None:
    """Read everything below a folder and print how many policies differ."""
    gc.disable()  # it would walk all that was read again and again
    documents = [orjson.loads(file.read_bytes()) for file in sorted((folder / "json").iterdir())]
    live = {file.stem: orjson.loads(file.read_bytes()) for file in sorted((folder / "answers").iterdir())}
    wanted = {
        (source, app["name"], *_OPENED[port])
        for document in documents
        if isinstance(document, dict)
        for app in document["apps"]
        for grant in app["ingress"]
        for port in grant["ports"]
        for source in (grant["from"] if isinstance(grant["from"], list) else [grant["from"]])
    }
    found = set()
    for row in live["policies"]["policies"]:
        destination = row["destination"]
        ports = destination["ports"]
        found.add((row["source"]["id"], destination["id"], destination["protocol"], ports["start"], ports["end"]))
    print(len(wanted - found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
