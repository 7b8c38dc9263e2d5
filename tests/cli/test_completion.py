"""The completion scripts, loaded by the shells that they are for."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from support.command import C2C, c2c, environment

from reconciler.cli.main import COMMANDS


def shell_with(name):
    found = shutil.which(name)
    return found or pytest.skip(f"{name} is not installed here")


def asked(folder, *words):
    """Ask the command itself as the scripts do, in the form for fish."""
    line = {"COMP_WORDS": "c2c " + " ".join(words[:-1]), "COMP_CWORD": words[-1], "_C2C_COMPLETE": "fish_complete"}
    outcome = c2c(cwd=folder, env=environment(folder, **line))
    assert outcome.code == 0
    return outcome.out


def in_shell(folder, shell, script, *options):
    """Run a script in a shell that finds the command and has no settings of anybody's."""
    path = f"{C2C.parent}:{os.environ['PATH']}"
    variables = environment(folder, PATH=path, XDG_CONFIG_HOME=str(folder), TERM="dumb")
    run = subprocess.run(
        [shell, *options, "-c", script],
        cwd=folder,
        env=variables,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_a_script(tmp_path, shell):
    outcome = c2c("completion", shell, cwd=tmp_path)
    assert outcome.code == 0
    assert "_C2C_COMPLETE" in outcome.out
    assert c2c("completion", shell, "--format", "json", cwd=tmp_path).json == {"shell": shell, "script": outcome.out}


def test_another_shell_is_refused(tmp_path):
    outcome = c2c("completion", "csh", cwd=tmp_path)
    assert outcome.code == 1
    assert "bash" in outcome.err


def test_commands_are_offered_with_what_they_do(tmp_path):
    lines = asked(tmp_path, "").splitlines()
    assert [line.removeprefix("plain,") for line in lines] == [f"{name}\t{COMMANDS[name]}" for name in COMMANDS]


def test_options_of_a_command_are_offered(tmp_path):
    assert "plain,--marker\t" in asked(tmp_path, "comment", "--m")


def test_a_word_that_is_no_command_breaks_nothing(tmp_path):
    assert asked(tmp_path, "nonsense", "x").strip() == ""


def test_bash(folder):
    script = """
    eval "$(c2c completion bash)"
    complete -p c2c
    COMP_WORDS=(c2c comp) COMP_CWORD=1
    _c2c_completion c2c
    echo "${COMPREPLY[*]}"
    """
    lines = in_shell(folder, shell_with("bash"), script, "--norc").splitlines()
    assert "-F _c2c_completion c2c" in lines[0]
    assert lines[1] == "completion"


def test_zsh(folder):
    script = """
    autoload -U compinit && compinit -u -d "$HOME/.zcompdump"
    eval "$(c2c completion zsh)"
    print -- "${_comps[c2c]}"
    compdef() { : }
    _describe() { print -l -- "${(P@)3}" "${(P@)4}" }
    compadd() { : }
    words=(c2c comp) CURRENT=2
    _c2c_completion
    """
    out = in_shell(folder, shell_with("zsh"), script, "-f")
    assert out.splitlines()[0] == "_c2c_completion"
    assert "completion" in out.replace("_c2c_completion", "")


def test_fish(folder):
    script = "c2c completion fish | source; complete -C 'c2c comp'; complete -C 'c2c comment pla'"
    out = in_shell(folder, shell_with("fish"), script, "--no-config")
    assert "completion\t" in out
    assert "plan.json" in out
