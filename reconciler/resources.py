"""Where the files that ship beside the code are: schemas, policies, the demo, the starter, the pages of the rules.

In a source checkout they stand beside the package; in an installed wheel they are inside it, under `data/`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - importing pathlib here would slow every start


def _root() -> Path:
    from pathlib import Path  # noqa: PLC0415 - as above

    checkout = Path(_PACKAGE).parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "schemas").is_dir():
        return checkout
    return Path(_PACKAGE) / "data"


def schemas_path() -> Path:
    """Give the folder that holds `v1/space.schema.json` and its neighbours."""
    return _root() / "schemas"


def policies_path() -> Path:
    """Give the folder of the example organization."""
    return _root() / "policies"


def demo_path() -> Path:
    """Give the folder of the demonstration."""
    return _root() / "demo"


def rule_pages_path() -> Path:
    """Give the folder that holds a page for each built-in check, named by its code."""
    return _root() / "docs" / "rules"


def starter_path() -> Path:
    """Give the folder of what `c2c init` writes beside the starter guardrails."""
    return _root() / "starter"
