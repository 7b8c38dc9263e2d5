"""Manifests of another git revision, laid out in a folder. Nothing is checked out, and no hook or filter runs."""

from __future__ import annotations

import os
import posixpath
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.discovery import SUFFIXES, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGULAR = frozenset({"100644", "100755"})
_LINK = "120000"
_MAX_BYTES = 256 * 1024 * 1024
_SECONDS = 60


def lay_out(revision: str, path: str, folder: Path) -> str:
    """Write the manifests of a revision at and below a path into a folder. Give the full name of the commit.

    A link to another one of them adds nothing and is left out. Raise UsageError for any other, since a plan may read
    what it leads to, and when git does not know the revision, or has nothing there.
    """
    commit = _commit_of(revision)
    left = _MAX_BYTES
    for name, blob in _manifests_at(commit, revision, path).items():
        content = _git("cat-file", "blob", blob)
        left -= len(content)
        if left < 0:
            raise UsageError(f"{path} in {revision} holds more than {_MAX_BYTES // 2**20} MiB of manifests")
        target = folder.joinpath(*(part for part in PurePosixPath(name).parts if part not in {"..", "/"}))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return commit


def _commit_of(revision: str) -> str:
    # The revision ends the options for good, so that one like `--output=x` is only a revision that does not exist.
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _git(*asked, silent=f"git does not know the revision {revision}").decode().strip()


def _manifests_at(commit: str, revision: str, path: str) -> dict[str, str]:
    """Give the manifests at and below a path, each with its blob."""
    listed = [item for item in _listed(commit, path) if item[1].endswith(SUFFIXES) or item[1] == path]
    found = {name: blob for mode, name, blob in listed if mode in _REGULAR}
    for mode, name, blob in listed:
        if mode == _LINK and _target(name, blob) not in found:
            raise UsageError(
                f"{printable(name)} in {revision} is a link to something that is no manifest at {path}",
                hint="put the file itself there: links of another revision are not followed",
            )
    if not found:
        raise UsageError(f"there are no manifests at {path} in {revision}", hint="write git:REVISION:PATH, from here")
    return found


def _target(name: str, blob: str) -> str:
    """Say what a link leads to, as far as its own words tell."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), os.fsdecode(_git("cat-file", "blob", blob))))


def _listed(commit: str, path: str) -> Iterator[tuple[str, str, str]]:
    """List the files below a path: mode, name and blob."""
    listed = _git("--literal-pathspecs", "ls-tree", "-r", "-z", commit, "--", path)
    for line in os.fsdecode(listed).split("\0"):
        if line:
            described, _, name = line.partition("\t")
            mode, _, blob = described.split(" ")[:3]
            yield mode, name, blob


def _git(*arguments: str, silent: str = "git failed without a word") -> bytes:
    """Run git. `silent` is what to say when it fails and says nothing itself."""
    try:
        answer = subprocess.run(  # noqa: S603 - no shell, and no argument of a user is read as an option
            # As in `session.revision_of`: a folder that looks like a repository inside is none.
            ["git", "-c", "safe.bareRepository=explicit", *arguments],  # noqa: S607 - git is found on PATH
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except subprocess.CalledProcessError as problem:
        words = problem.stderr.decode(errors="replace").strip().splitlines()
        told = f"git: {words[-1]}" if words else silent
        raise UsageError(printable(told), hint="write git:REVISION:PATH, such as git:main:policies") from None
    except (OSError, subprocess.SubprocessError) as problem:
        raise UsageError(f"git could not be run: {problem}") from None
    return answer.stdout
