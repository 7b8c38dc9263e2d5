"""Which manifests a command line means, with paths on it or without."""

from __future__ import annotations

import os

from reconciler.cli.options import DEFAULT_PATH
from reconciler.errors import UsageError


def named_manifests(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Give the paths that were named, or `policies`. Raise UsageError where there is none: nobody has misspelt it."""
    if not paths and not os.path.lexists(DEFAULT_PATH):
        message = f"no manifests are named, and there is no `{DEFAULT_PATH}` here"
        hint = f"name a file or folder, or begin with `c2c init` or `c2c export -o {DEFAULT_PATH}`"
        raise UsageError(message, hint=hint)
    return paths or (DEFAULT_PATH,)
