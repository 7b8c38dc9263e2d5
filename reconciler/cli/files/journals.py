"""Journals on disk: made before anything is changed, flushed to the disk line by line, found again after a crash."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconciler.apply.journal import event_line, opening_line, read_journal, resuming_line
from reconciler.cli.files.kinds import FileKind, kind_of_content
from reconciler.cli.files.own import JOURNAL_SUFFIX, mistaken, names_saved_plan
from reconciler.errors import UsageError
from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from reconciler.apply.events import Event
    from reconciler.apply.journal import Journal, Undertaking
    from reconciler.planning.steps import Step

FOLDER = Path(".c2c", "journals")
"""Where journals are kept, below the current folder, when no plan was saved to keep them beside."""

MAX_JOURNAL_BYTES = 1024 * 1024 * 1024
"""The largest journal that is read. A step takes some kilobytes, so none that c2c writes comes near."""

_BYTES_A_STEP = 4096
"""Room that is taken on the disk beforehand for what one step will have to say."""

_IGNORE = "*\n"


class JournalOnDisk(NamedTuple):
    """A journal that was read. `digest` covers what it says, not the room kept behind it."""

    path: Path
    journal: Journal
    digest: str


class JournalFile:
    """A journal that is being written. After a failure it takes nothing more, and `problem` says why."""

    def __init__(self, path: Path, file: BinaryIO, steps: Sequence[Step], now: Callable[[], datetime]) -> None:
        self.path = path
        self.problem: OSError | None = None
        self._file = file
        self._steps = steps
        self._now = now

    def record(self, event: Event) -> None:
        """Write down what an event tells, through to the disk."""
        line = event_line(event, self._steps, timestamp_of(self._now()))
        if line is None or self.problem is not None:
            return
        try:
            self._write(line)
        except OSError as problem:
            self.problem = problem

    def _write(self, line: str) -> None:
        self._file.write(line.encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def begin(self, line: str) -> None:
        """Write the line that announces all steps, and take the room for what they will say."""
        self._write(line)
        end = self._file.tell()
        self._file.write(bytes(_BYTES_A_STEP * (len(self._steps) + 1)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.seek(end)

    def announce(self, steps: Sequence[Step]) -> None:
        """Write down what else is to be done. Raise UsageError when that cannot be written."""
        try:
            self._steps = steps
            self._file.truncate()
            self.begin(resuming_line(steps, timestamp_of(self._now())))
        except OSError as problem:
            raise _unwritable(self.path, problem) from None

    def close(self) -> None:
        """Give back the room that was not needed."""
        with suppress(OSError):
            self._file.truncate()
        with suppress(OSError):
            self._file.close()


def create_journal(path: Path, undertaking: Undertaking, now: Callable[[], datetime]) -> JournalFile:
    """Begin a journal. Raise UsageError when it cannot be written in full; nothing has been changed by then."""
    try:
        if path.parent == FOLDER:
            _make_folder()
        file = path.open("xb")
    except FileExistsError:
        hint = f"`c2c apply --resume {path}` finishes what it began; or name another file with --journal"
        raise UsageError(f"a journal is not written over {path}, which is there already", hint=hint) from None
    except OSError as problem:
        raise _unwritable(path, problem) from None
    journal = JournalFile(path, file, undertaking.steps, now)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        journal.begin(opening_line(undertaking))
        _sync_folder(path.parent)
    except OSError as problem:
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            path.unlink()
        raise _unwritable(path, problem) from None
    return journal


def reopen_journal(begun: JournalOnDisk, steps: Sequence[Step], now: Callable[[], datetime]) -> JournalFile:
    """Go on with a journal behind its last whole line, provided that it still is what was read.

    Raise UsageError when that cannot be done.
    """
    path = begun.path
    try:
        file = path.open("r+b")
    except OSError as problem:
        raise _unwritable(path, problem) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise UsageError(f"the apply that writes {path} is still running") from None
    journal = JournalFile(path, file, steps, now)
    try:
        content = _whole_lines(file.read())
        _require_unchanged(begun, content)
        file.seek(len(content))
        journal.announce(steps)
    except OSError as problem:
        journal.close()
        raise _unwritable(path, problem) from None
    except UsageError:
        journal.close()
        raise
    return journal


def load_journal(path: Path) -> JournalOnDisk:
    """Read a journal. Raise UsageError when there is none."""
    try:
        found = read_regular(path, MAX_JOURNAL_BYTES)
        _require_journal(path, kind_of_content(found))
        content = _whole_lines(found)
        lines = [f"{line}\n" for line in content.decode().split("\n")[:-1]]
    except FileNotFoundError:
        raise UsageError(f"there is no journal at {path}", hint="`c2c apply` says where it writes one") from None
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError("the journal is damaged: it is not text") from None
    except ValueError as problem:
        raise UsageError(f"{path} cannot be read: {problem}") from None
    return JournalOnDisk(path, read_journal(lines), _digest(content))


def _require_journal(path: Path, found: FileKind | None) -> None:
    """Raise UsageError for a file that is known to be something else, and say which command takes that."""
    if found is FileKind.PLAN:
        raise UsageError(f"{path} is a saved plan; the journal of its apply is {path}{JOURNAL_SUFFIX}")
    if found not in {FileKind.JOURNAL, None}:
        raise mistaken(str(path), found, FileKind.JOURNAL)
    if found is None and names_saved_plan(path.name):
        raise UsageError(f"{path} is not the journal of an apply", hint="`c2c apply` says where it writes one")


def default_path(plan: str | None, digest: str, now: datetime) -> Path:
    """Say where the journal of an apply goes: beside the saved plan, or else into a folder for all of them."""
    if plan is None:
        return _free(FOLDER / f"{now:%Y%m%dT%H%M%SZ}-{digest.removeprefix('sha256:')[:8]}{JOURNAL_SUFFIX}")
    return _free(Path(plan + JOURNAL_SUFFIX))


def newest_journal(plan: str | None) -> Path:
    """Find the journal of the last apply, of this saved plan or of all. Raise UsageError when there is none."""
    pattern = "*" if plan is None else f"{_literal(Path(plan).name)}*"
    folder = FOLDER if plan is None else Path(plan).parent
    found = sorted(folder.glob(pattern + JOURNAL_SUFFIX), key=lambda path: (path.lstat().st_mtime_ns, path.name))
    if not found:
        raise UsageError(f"there is no journal in {folder}", hint="name it: c2c apply --resume FILE")
    return found[-1]


def timestamp_of(moment: datetime) -> str:
    """Write a moment as RFC 3339, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.name.removesuffix(JOURNAL_SUFFIX)}.{number}{JOURNAL_SUFFIX}")
        number += 1
    return free


def _literal(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _require_unchanged(begun: JournalOnDisk, content: bytes) -> None:
    if _digest(content) != begun.digest:
        raise UsageError(f"{begun.path} has been resumed by somebody else meanwhile", hint="look at a new plan")


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _whole_lines(content: bytes) -> bytes:
    return content[: content.rstrip(b"\0").rfind(b"\n") + 1]


def _make_folder() -> None:
    """Make the folder of all journals, which no repository is meant to hold."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Not through a link: where one leads that leads nowhere, nothing is made.
    with suppress(FileExistsError), (FOLDER.parent / ".gitignore").open("x", encoding="ascii") as mark:
        mark.write(_IGNORE)


def _sync_folder(folder: Path) -> None:
    """Make the new name last, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, problem: OSError) -> UsageError:
    return UsageError(
        f"the journal cannot be written to {path}: {problem.strerror}; nothing is changed without one",
        hint="name a place that can be written to with --journal FILE",
    )
