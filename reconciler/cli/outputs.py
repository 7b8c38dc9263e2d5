"""`-o FILE`, as often as wanted: suffixes, and what stands there already, are looked at before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from reconciler.cli.files.replacing import require_no_loss
from reconciler.report.budget import BUDGET, LEAST_BUDGET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    _F = TypeVar("_F", bound=Callable[..., Any])

SUFFIXES = {
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".xml": "junit",
    ".dot": "dot",
    ".html": "html",
    ".txt": "text",
}
"""What the end of a file's name says of its format."""


class Output(NamedTuple):
    """A file to write, and in which format."""

    path: str
    format: str


class OutputType(click.ParamType[Any]):
    """A file whose suffix says the format. A device or pipe that has none gets JSON."""

    name = "file"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self._suffixes = {suffix: name for suffix, name in SUFFIXES.items() if name in formats}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Output:  # noqa: ANN401
        """Read the suffix, or say which there are."""
        if isinstance(value, Output):
            return value
        name = Path(value).name.lower()
        for suffix in sorted(self._suffixes, key=len, reverse=True):
            if name.endswith(suffix) and name != suffix:
                return Output(value, self._suffixes[suffix])
        path = Path(value)
        if not path.suffix and path.exists() and not path.is_file() and not path.is_dir():
            return Output(value, "json")
        return self.fail(f"{value!r} does not say a format; end it with one of {' '.join(self._suffixes)}", param, ctx)


def outputs_option(*formats: str) -> Callable[[_F], _F]:
    """Add `-o FILE` for these formats; it may be given several times."""
    suffixes = " ".join(suffix for suffix, name in SUFFIXES.items() if name in formats)
    return click.option(
        "-o",
        "--output",
        "outputs",
        type=OutputType(formats),
        multiple=True,
        metavar="FILE",
        callback=_checked,
        help=f"Also write it to FILE, in the format of its suffix: {suffixes}. May be given several times.",
    )


def _checked(ctx: click.Context, param: click.Parameter, value: Iterable[Output]) -> tuple[Output, ...]:
    outputs = tuple(value)
    paths = [Path(output.path) for output in outputs]
    for path in paths:
        if paths.count(path) > 1:
            raise click.BadParameter(f"{str(path)!r} is named twice", ctx, param)
    if not ctx.resilient_parsing:
        for output in outputs:
            require_no_loss(output.path)
    return outputs


def budget_option(function: _F) -> _F:
    """Add `--budget`."""
    return click.option(
        "--budget",
        type=click.IntRange(min=LEAST_BUDGET),
        default=BUDGET,
        show_default=True,
        metavar="BYTES",
        help="Most bytes of a Markdown report. What weighs least is left out, and counted.",
    )(function)
