"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.model.names import parse_space_ref
from reconciler.model.scope import SpacePattern

if TYPE_CHECKING:
    from collections.abc import Callable

_F = TypeVar("_F", bound="Callable[..., Any]")

DEFAULT_PATH = "policies"


class SpaceType(click.ParamType[Any]):
    """A space, written ORG/SPACE; `/` and `%` inside a name are written %2F and %25."""

    name = "space"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> SpacePattern:  # noqa: ANN401
        """Read the address, or say how to write one."""
        try:
            return SpacePattern(*parse_space_ref(value))
        except ValueError:
            return self.fail(f"{value!r} is not a space; write it like acme/web, or acme/* for all of acme", param, ctx)


def paths_argument(function: _F) -> _F:
    """Add `[PATH]...`: files and directories of manifests."""
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")(function)


def format_option(*formats: str) -> Callable[[_F], _F]:
    """Add `--format`, text first."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats or ("text", "json")),
        default="text",
        show_default=True,
        help="How to write the result.",
    )


def all_environments_option(function: _F) -> _F:
    """Add `--all-environments`."""
    return click.option(
        "--all-environments",
        is_flag=True,
        help="Look for left-over `trust` variables on every listed app; one call each.",
    )(function)


_TARGET_OPTIONS = (
    click.option("--api", metavar="URL", help="The Cloud Controller, like https://api.sys.example.com [env: CF_API]."),
    click.option("--username", metavar="NAME", help="User to sign in as [env: CF_USERNAME]."),
    click.option("--password", metavar="TEXT", help="The user's password; better set as [env: CF_PASSWORD]."),
    click.option("--client-id", metavar="ID", help="UAA client to sign in as [env: CF_CLIENT_ID]."),
    click.option("--client-secret", metavar="TEXT", help="The client's secret; better set as [env: CF_CLIENT_SECRET]."),
    click.option("--access-token", metavar="TEXT", help="A token to use as it is; better as [env: CF_ACCESS_TOKEN]."),
    click.option("--passcode", metavar="CODE", help="One-time passcode from the login page, for single sign-on."),
    click.option(
        "--ca-file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="CA certificates to trust, PEM [env: CF_CA_FILE].",
    ),
    click.option("--skip-ssl-validation", is_flag=True, help="Accept any certificate. Says so every time."),
)


def target_options(function: _F) -> _F:
    """Add the options that say which foundation to speak to, and as whom. They arrive as one `target` mapping."""

    def gathered(**arguments: Any) -> Any:  # noqa: ANN401 - whatever the command takes and gives
        target = {name: arguments.pop(name) for name in TARGET_NAMES}
        return function(target=target, **arguments)

    gathered.__doc__, gathered.__name__ = function.__doc__, function.__name__
    if params := getattr(function, "__click_params__", None):
        gathered.__click_params__ = params  # type: ignore[attr-defined]
    for option in reversed(_TARGET_OPTIONS):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]


TARGET_NAMES = (
    "api",
    "username",
    "password",
    "client_id",
    "client_secret",
    "access_token",
    "passcode",
    "ca_file",
    "skip_ssl_validation",
)
