"""What `c2c init` gives a team to begin with."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from reconciler import __version__
from reconciler.errors import UsageError
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.export.layout import file_of
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.text import shown
from reconciler.resources import policies_path, starter_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.names import SpaceRef

CI_FILES = {
    "github": ".github/workflows/network-policies.yml",
    "gitlab": ".gitlab-ci.yml",
    "concourse": "ci/network-policies.yml",
}
"""Where each CI system, or its users, look for a job."""

GUARDRAILS = "policies/guardrails"
"""The folder of the guardrails, below the team's."""

EXPECTATIONS = "policies/expectations.yml"
"""The file with the expectation about the apps of the space."""

_INTRODUCED = b"baseline: introduced    # what is live already is left alone; take this out once `c2c audit` is clean\n"
_JUDGES_ALL = re.compile(rb"^(enforcement: .*\n)(?!baseline:)", re.MULTILINE)
_MODELINE = re.compile(rb"^# yaml-language-server:.*\n", re.MULTILINE)
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, as it comes from a terminal that is not UTF-8: no text, so no schema can be asked about it."""


class StarterFile(NamedTuple):
    """A file to write: its path below the team's folder, with `/`, and what it holds."""

    path: str
    content: bytes


def starter_files(space: SpaceRef | None, ci: str | None = None, *, introduced: bool = False) -> list[StarterFile]:
    """Make the manifests for a space, and the job for a CI system of `CI_FILES`.

    Without a space there is nothing about apps among them. With `introduced` the guardrails let be what is there, and
    judge only what a plan adds. Raise UsageError for a name that no manifest can hold.
    """
    guardrails = [
        StarterFile(f"{GUARDRAILS}/{path.name}", _guardrail(path.read_bytes(), introduced=introduced))
        for path in sorted((policies_path() / "guardrails").glob("*.yml"))
    ]
    job = (
        []
        if ci is None
        else [StarterFile(CI_FILES[ci], _filled(f"ci/{ci}.yml", {"C2C_PACKAGE": f"c2c-reconciler=={__version__}"}))]
    )
    if space is None:
        return [*guardrails, *job]
    names = check_names(space)._asdict()
    apps = StarterFile(space_file(space), _filled("space.yml", names))
    return [apps, *guardrails, StarterFile(EXPECTATIONS, _filled("expectations.yml", names)), *job]


def space_file(space: SpaceRef) -> str:
    """Choose the file for a space: where an export of it would write, which every system takes, whatever the names."""
    return f"policies/{file_of(space).as_posix()}"


def check_names(space: SpaceRef) -> SpaceRef:
    """Give the space back if a manifest can hold its names. Raise UsageError otherwise."""
    for key, name in space._asdict().items():
        if _HALF.search(name) or not is_valid("Space", name, "#/$defs/literalName"):
            hint = "a name has 1 to 255 characters, none of them `*` or a control character"
            raise UsageError(f"{shown(name)} cannot be the `{key}` of a manifest", hint=hint)
    return space


def _guardrail(content: bytes, *, introduced: bool) -> bytes:
    content = _MODELINE.sub(b"", content)
    return _JUDGES_ALL.sub(rb"\1" + _INTRODUCED, content) if introduced else content


def _filled(template: str, values: dict[str, str]) -> bytes:
    """Set each of the keys, wherever it stands, to its value; everything else stays as it is written."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load((starter_path() / template).read_bytes())
    for mapping in _mappings(document):
        mapping.update({key: value for key, value in values.items() if key in mapping})
    stream = io.BytesIO()
    yaml.dump(document, stream)
    text = canonical(template, stream.getvalue())
    assert isinstance(text, bytes), text  # noqa: S101 - a mistake of ours in a file that we ship
    return text


def _mappings(value: Any) -> Iterator[CommentedMap]:  # noqa: ANN401 - whatever YAML holds
    if isinstance(value, CommentedMap):
        yield value
    if isinstance(value, CommentedMap | CommentedSeq):
        for child in value.values() if isinstance(value, CommentedMap) else value:
            yield from _mappings(child)
