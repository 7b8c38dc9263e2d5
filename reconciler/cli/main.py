"""The command `c2c`: which commands there are, and the one boundary at which errors become text and exit codes."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from reconciler import __version__
from reconciler.cli.console import open_console, prepare_streams, silence
from reconciler.cli.help_text import FittedContext
from reconciler.errors import UsageError
from reconciler.manifests.garbage_collection import still_collector

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "demo": "the whole main job on the embedded foundation, no account needed",
    "init": "starter manifests, guardrails and a CI job for a team",
    "validate": "check manifests: schema, references, dates; no network",
    "plan": "show what would change, and why",
    "show": "show a saved plan once more, in any format",
    "apply": "make the changes, additions first",
    "comment": "put a saved plan on its pull request: one comment, kept up to date",
    "rollback": "plan what undoes an apply, by its journal",
    "explain": "may this app call that one, by what, and what is missing",
    "audit": "judge the live policies by the guardrails, whoever made them",
    "snapshot": "write the live state to one file",
    "export": "write the live state as manifests",
    "import": "manifests from cf network-policies, Terraform or app manifests",
    "diff": "compare two states: manifests, snapshots, git revisions, foundations",
    "doctor": "look at the way to the foundation, the caller, the roles and the quota",
    "schema": "print the JSON Schemas of the manifests",
    "rules": "list the built-in checks, or explain one",
    "fmt": "bring manifests into canonical form",
    "completion": "print the script for completion in bash, zsh or fish",
    "simulate": "serve the embedded foundation, seeded from a file",
}
"""Every command with its one-line help. Each has a module of its own, loaded when it is used."""

INTERRUPTED = 130


class LazyGroup(click.Group):
    """Loads the module of a command when the command is used: start-up time is a feature."""

    context_class = FittedContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of a first day's use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        with still_collector():
            module = importlib.import_module(f"reconciler.cli.{cmd_name}_command")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake of ours, not of a user
        command.context_class = FittedContext
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer commands without loading them."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only when a shell asks

        items = [CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Help with a misspelt command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            import difflib  # noqa: PLC0415 - only for a mistake

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            more = f" Did you mean `{close[0]}`?" if close else " `c2c --help` lists the commands."
            raise click.UsageError(f"there is no command {args[0]!r}.{more}", ctx)
        return super().resolve_command(ctx, args)


EPILOG = """\b
Example:
  c2c demo
  c2c validate policies/
  CF_API=https://api.example.com CF_USERNAME=me CF_PASSWORD=... c2c plan

Exit codes: 0 done, 1 error, 2 there are changes (plan --detailed-exitcode), 3 refused,
4 no longer what was reviewed, 5 applied in part.
"""


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(__version__, prog_name="c2c", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Container-to-container network policy as code for Cloud Foundry."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Run the command and exit with its code. Whatever goes wrong is told in words, never as a traceback."""
    prepare_streams()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    # Everything is closed and written by now. Letting the interpreter free millions of values one by one, only to give
    # all memory back at once, would take a tenth of the time of a large plan.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    try:
        result = cli.main(arguments, prog_name="c2c", standalone_mode=False)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as problem:
        if _wanted_format(arguments) == "json":
            return _report(UsageError(problem.format_message()), "json")
        shown = io.StringIO()
        problem.show(shown)
        open_console().note(shown.getvalue())
        return 1
    except Exception as problem:  # noqa: BLE001 - the boundary: nobody above could do better
        if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:  # only click's own texts get here
            silence(sys.stdout)
            problem = UsageError(f"standard output cannot be written: {problem.strerror}")
        return _report(problem, _wanted_format(arguments))
    return result if isinstance(result, int) else 0


def _wanted_format(arguments: list[str]) -> str:
    """Give the last `--format` of the command line: errors are told in it even where the line makes no sense."""
    named = [word.removeprefix("--format=") for word in arguments if word.startswith("--format=")]
    named += [following for word, following in pairwise(arguments) if word == "--format"]
    return named[-1] if named else "text"


def _report(problem: Exception, output_format: str) -> int:
    from reconciler.cli.failures import report_failure  # noqa: PLC0415 - only when something failed

    if os.environ.get("C2C_DEBUG"):
        raise problem
    return report_failure(problem, output_format=output_format)
