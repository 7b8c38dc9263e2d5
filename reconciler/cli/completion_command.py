"""`c2c completion`: what a shell loads to complete commands, options and file names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.report.json_text import render_json

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_C2C_COMPLETE"
"""What click looks for when a shell asks; the name follows from that of the command."""

EPILOG = """\b
Example:
  c2c completion bash > ~/.local/share/bash-completion/completions/c2c
  c2c completion zsh > ~/.zfunc/_c2c      # a folder of $fpath
  c2c completion fish > ~/.config/fish/completions/c2c.fish
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS), metavar="bash|zsh|fish")
@format_option()
@click.pass_context
def command(context: click.Context, shell: str, output_format: str) -> int:
    """Print the script that makes a shell complete `c2c`: commands, options, and files where files are meant.

    Needs bash 4.4 or later. The script asks the installed command, so it need not be renewed with it.
    """
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101 - click knows all three
    script = completion(context.find_root().command, {}, "c2c", _VARIABLE)
    # Not the script's own `source`: that of bash starts a bash to look at its version.
    text = script.source_template % script.source_vars() + "\n"
    open_console().result(render_json({"shell": shell, "script": text}) if output_format == "json" else text)
    return 0
