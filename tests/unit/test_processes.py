"""Processes of our own get what they need and no more."""

import sys

from reconciler import processes


def test_credentials_stay_here(tmp_path, monkeypatch):
    for name in ("CF_PASSWORD", "CF_CLIENT_SECRET", "CF_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "s3cret")
    monkeypatch.setenv("C2C_SOMETHING", "kept")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec env\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with processes.start("reconciler") as process:
        told = process.communicate()[0].decode()
    assert "s3cret" not in told
    assert "C2C_SOMETHING=kept" in told
