"""`c2c schema`: the JSON Schemas, for editors and for other tools."""

from __future__ import annotations

import click
import orjson

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.errors import UsageError
from reconciler.report.json_text import render_json
from reconciler.resources import schemas_path

EPILOG = """\b
Example:
  c2c schema
  c2c schema Space > space.schema.json
"""


@click.command("schema", epilog=EPILOG)
@click.argument("kind", required=False)
@format_option()
def command(kind: str | None, output_format: str) -> int:
    """Print the JSON Schema of a KIND (draft 2020-12), or list the kinds.

    `manifest` is the schema that tells the kinds apart by itself, for editors that watch a whole folder.
    """
    console = open_console()
    folder = schemas_path() / "v1"
    schemas = {path.name.removesuffix(".schema.json"): path for path in sorted(folder.glob("*.schema.json"))}
    if kind is None:
        loaded = {name: orjson.loads(path.read_bytes()) for name, path in schemas.items()}
        if output_format == "json":
            console.result(render_json(loaded))
        else:
            width = max(map(len, loaded))
            console.text("".join(f"{name:{width}}  {schema['title']}\n" for name, schema in loaded.items()))
        return 0
    path = schemas.get(kind.lower())
    if path is None:
        raise UsageError(f"there is no schema for {kind!r}", hint=f"kinds: {', '.join(schemas)}")
    console.result(path.read_text(encoding="utf-8"))
    return 0
