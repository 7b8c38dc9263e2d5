"""Streams that are closed, full or left by their reader, and signals in the middle of an apply."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest
from support.command import C2C, c2c, copy_example, environment, served, signed_in

DEMO = "demo/foundation.yml"


@pytest.fixture
def workplace(tmp_path):
    copy_example(tmp_path)
    return tmp_path


def shell(command: str, folder) -> subprocess.CompletedProcess[bytes]:
    run = subprocess.run(
        ["bash", "-c", command.replace("c2c", str(C2C))],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in run.stdout + run.stderr
    assert b"internal error" not in run.stderr
    return run


@pytest.mark.parametrize(
    "command", ["c2c validate >&-", "c2c --help >&-", "c2c validate 2>&-", "c2c validate >&- 2>&-"]
)
def test_a_closed_stream_is_no_error(workplace, command):
    assert shell(command, workplace).returncode == 0


def test_a_closed_standard_input_is_no_terminal(workplace):
    run = shell("c2c apply --api http://127.0.0.1:1 <&-", workplace)
    assert run.returncode == 1
    assert b"no terminal to ask on" in run.stderr


@pytest.mark.parametrize("command", [f"plan --live {DEMO}", "validate --help", "--version"])
def test_a_full_disk_behind_standard_output_is_said_in_words(workplace, command):
    run = shell(f"c2c {command} > /dev/full", workplace)
    assert run.returncode == 1
    assert b"standard output cannot be written: No space left on device" in run.stderr


def test_a_plan_that_cannot_be_saved_is_said_in_words(workplace):
    run = shell(f"c2c plan --live {DEMO} -o /dev/full", workplace)
    assert run.returncode == 1
    assert b"could not be saved" in run.stderr


def test_names_outside_the_terminals_alphabet_are_written_out(workplace):
    (workplace / "mé").mkdir()
    run = shell("PYTHONIOENCODING=ascii c2c validate mé", workplace)
    assert b"m\\xe9" in run.stdout + run.stderr


@pytest.mark.parametrize("output_format", ["json", "junit", "markdown", "text"])
def test_a_result_that_goes_elsewhere_than_to_a_terminal_is_utf_8(workplace, output_format):
    (workplace / "here.yml").write_text("apiVersion: c2c/v1\nkind: Späce\n", encoding="utf-8")
    ascii_alone = "PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 LC_ALL=C"
    run = shell(f"{ascii_alone} c2c validate here.yml --format {output_format}", workplace)
    assert run.returncode == 1
    assert "Späce" in run.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "command",
    ["plan $'p\\xed' --live demo/foundation.yml", "export --live demo/foundation.yml -o $'p\\xed'", "show $'p\\xed'"],
)
def test_a_name_that_is_no_text_does_not_keep_json_from_being_written(workplace, command):
    shell("mkdir $'p\\xed' && cp policies/acme/web.yml $'p\\xed'", workplace)
    run = shell(f"c2c {command} --format json", workplace)
    assert json.loads(run.stdout)
    assert rb"p\\udced" in run.stdout


def test_what_a_diff_quotes_is_no_command_to_the_runner_of_a_job(tmp_path):
    manifest = "# x ##[add-mask]acme\nkind:   Guardrail\ndescription: |\n  ::add-mask::acme\nname: x\n"
    (tmp_path / "x.yml").write_text(manifest, encoding="utf-8")
    shown = c2c("fmt", "--check", "--diff", "x.yml", cwd=tmp_path).out
    assert "\n # x \\x23#[add-mask]acme\n-kind:   Guardrail\n" in shown
    assert "\n   \\x3a:add-mask::acme\n" in shown


def test_a_diff_of_very_many_lines_takes_little_time_and_is_one(tmp_path):
    lists = (f"k{n}:\n" + "".join(f"{'  ' * (n % 2)}- a{n * m % 149}\n" for m in range(10)) for n in range(600))
    (tmp_path / "x.yml").write_text("# top\n" + "".join(lists) + "end: x\n", encoding="utf-8")
    shown = c2c("fmt", "--check", "--diff", "x.yml", cwd=tmp_path).out
    assert shown.startswith("--- x.yml\n+++ x.yml\n@@ -3,")
    subprocess.run(["git", "apply", "-p0", "--unidiff-zero"], input=shown.encode(), cwd=tmp_path, check=True)
    assert c2c("fmt", "--check", "x.yml", cwd=tmp_path).code == 0


def test_a_reader_of_the_progress_that_goes_away_does_not_stop_an_apply(workplace):
    with served(workplace / DEMO) as url:
        process = subprocess.Popen(
            [C2C, "apply", "--yes"],
            cwd=workplace,
            env=signed_in(workplace, url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        process.stderr.close()
        assert process.wait(60) == 0
        plan = c2c("plan", "--format", "json", cwd=workplace, env=signed_in(workplace, url))
        assert plan.json["changes"] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_an_apply_after_the_call_in_flight_and_tells(workplace, number, code):
    slow = (
        "settings: {faults: [{effect: slow, method: PATCH, path: '*/environment_variables', seconds: 2, times: 1}]}\n"
    )
    seed = workplace / DEMO
    seed.write_text(seed.read_text(encoding="utf-8") + slow, encoding="utf-8")
    with served(workplace / DEMO) as url:
        process = subprocess.Popen(
            [C2C, "apply", "--yes"],
            cwd=workplace,
            env=signed_in(workplace, url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in process.stderr:
            if "change REQUESTS_CA_BUNDLE" in line:
                break
        time.sleep(0.7)  # a step is announced before its call is made
        process.send_signal(number)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == code
        assert "done      change REQUESTS_CA_BUNDLE and SSL_CERT_FILE of acme/batch/settlement" in out
        assert "not done  delete 4 network policies" in out
        assert "Interrupted" in out
        again = c2c("apply", "--resume", "--yes", cwd=workplace, env=signed_in(workplace, url))
        assert again.code == 0
