"""A snapshot that a trunk job signs, and a plan that notices any other."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.command import c2c, copy_example, environment, served, signed_in

KEY = Ed25519PrivateKey.generate()
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """What a trunk job publishes: the example, its signed snapshot, the public key."""
    folder = tmp_path_factory.mktemp("trunk")
    copy_example(folder)
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / "snapshot.pub").write_bytes(public)
    with served(folder / "demo/foundation.yml") as url:
        env = signed_in(folder, url, C2C_SNAPSHOT_KEY=PRIVATE)
        outcome = c2c("snapshot", "policies", "--redact", "--sign", "-o", "live.json", cwd=folder, env=env)
    assert outcome.code == 0, outcome.err
    assert PRIVATE.splitlines()[1] not in outcome.out + outcome.err
    return folder


@pytest.fixture
def folder(published, tmp_path):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return tmp_path


def plan(folder, *arguments, **env):
    return c2c("plan", "--live", "live.json", *arguments, cwd=folder, env=environment(folder, **env))


def test_the_signature_stands_beside_the_snapshot(folder):
    assert len((folder / "live.json.sig").read_bytes()) == 64


@pytest.mark.parametrize("found", ["apiVersion: c2c/v1\nkind: Space\n", "x" * 64, b"\xff" * 65])
def test_only_a_signature_is_replaced_by_one_and_all_else_is_refused_in_time(tmp_path, found):
    content = found if isinstance(found, bytes) else found.encode()
    (tmp_path / "live.json.sig").write_bytes(content)
    env = signed_in(tmp_path, "http://127.0.0.1:1", C2C_SNAPSHOT_KEY=PRIVATE)
    outcome = c2c("snapshot", "-o", "live.json", cwd=tmp_path, env=env)
    assert outcome.code == 1
    assert "a signature is not written over live.json.sig, which is " in outcome.err
    assert (tmp_path / "live.json.sig").read_bytes() == content


@pytest.mark.parametrize("found", [b"", KEY.sign(b"before")], ids=["empty", "signature"])
def test_a_signature_of_before_is_no_hindrance(tmp_path, found):
    (tmp_path / "live.json.sig").write_bytes(found)
    env = signed_in(tmp_path, "http://127.0.0.1:1", C2C_SNAPSHOT_KEY=PRIVATE)
    assert "cannot be reached" in c2c("snapshot", "-o", "live.json", cwd=tmp_path, env=env).err


def test_a_signature_is_named_where_another_file_is_wanted(tmp_path):
    (tmp_path / "live.json.sig").write_bytes(KEY.sign(b"before"))
    assert "live.json.sig is a signature, not a saved plan" in c2c("show", "live.json.sig", cwd=tmp_path).err


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_plan_accepts_it(folder, how):
    if how == "option":
        outcome = plan(folder, "--snapshot-key", "snapshot.pub")
    else:
        outcome = plan(folder, C2C_SNAPSHOT_PUBLIC_KEY="snapshot.pub")
    assert outcome.code in {0, 3}, outcome.err
    assert outcome.out.startswith("Plan for")


def test_a_forged_one_is_noticed_before_it_is_read(folder):
    live = json.loads((folder / "live.json").read_bytes())
    live["network_policies"] = []
    for forged in (json.dumps(live), "{", ""):
        (folder / "live.json").write_text(forged, encoding="utf-8")
        outcome = plan(folder, "--snapshot-key", "snapshot.pub")
        assert outcome.code == 1
        assert "live.json is not what was signed" in outcome.err
        assert outcome.out == ""


@pytest.mark.parametrize("damage", ["missing", "empty", "longer", "folder"])
def test_without_its_signature_it_is_not_taken(folder, damage):
    signature = folder / "live.json.sig"
    content = signature.read_bytes()
    signature.unlink()
    if damage == "folder":
        signature.mkdir()
    elif damage != "missing":
        signature.write_bytes(b"" if damage == "empty" else content + b"x")
    outcome = plan(folder, "--snapshot-key", "snapshot.pub")
    assert outcome.code == 1
    assert "signed" in outcome.err


def test_without_a_key_nothing_is_asked(folder):
    (folder / "live.json.sig").unlink()
    assert plan(folder).code in {0, 3}


@pytest.mark.parametrize("key", ["nowhere.pub", "live.json", "policies"])
def test_a_key_that_cannot_be_read_is_an_error(folder, key):
    outcome = plan(folder, "--snapshot-key", key)
    assert outcome.code == 1
    assert key in outcome.err


@pytest.mark.parametrize("command", [("audit",), ("explain", "acme/web/frontend", "acme/payments/ledger")])
def test_whoever_reads_a_snapshot_asks_where_the_environment_names_a_key(folder, command):
    env = environment(folder, C2C_SNAPSHOT_PUBLIC_KEY="snapshot.pub")
    arguments = (*command, "--live", "live.json")
    assert "not what was signed" not in c2c(*arguments, cwd=folder, env=env).err
    (folder / "live.json").write_text("{}", encoding="utf-8")
    assert "not what was signed" in c2c(*arguments, cwd=folder, env=env).err


class TestAge:
    def test_a_fresh_one_is_taken(self, folder):
        assert plan(folder, "--max-age", "24h", "--snapshot-key", "snapshot.pub").code in {0, 3}

    def test_an_old_one_is_stale_however_it_is_signed(self, folder):
        live = json.loads((folder / "live.json").read_bytes())
        live["taken_at"] = (datetime.now(UTC) - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = json.dumps(live).encode()
        (folder / "live.json").write_bytes(content)
        (folder / "live.json.sig").write_bytes(KEY.sign(content))
        outcome = plan(folder, "--max-age", "24h", "--snapshot-key", "snapshot.pub")
        assert outcome.code == 4
        assert "30.0 hours ago; at most 24.0 are allowed" in outcome.err
        del live["taken_at"]
        (folder / "live.json").write_text(json.dumps(live), encoding="utf-8")
        assert plan(folder, "--max-age", "24h").code == 4

    def test_without_a_snapshot_it_means_nothing(self, folder):
        outcome = c2c("plan", "--max-age", "24h", cwd=folder)
        assert outcome.code == 1
        assert "--live" in outcome.err


class TestSigning:
    @pytest.mark.parametrize(
        ("arguments", "key", "said"),
        [
            (("--sign", "-o", "x.json"), "", "C2C_SNAPSHOT_KEY is not set"),
            (("--sign",), PRIVATE, "-o live.json"),
            (("-o", "x.json"), "no key at all", "no private key"),
        ],
        ids=range(3),
    )
    def test_what_cannot_be_signed_is_not_even_fetched(self, tmp_path, arguments, key, said):
        env = environment(tmp_path, C2C_SNAPSHOT_KEY=key, CF_API="http://127.0.0.1:9", CF_USERNAME="a", CF_PASSWORD="b")
        outcome = c2c("snapshot", *arguments, cwd=tmp_path, env=env)
        assert outcome.code == 1
        assert said in outcome.err
        assert "no key at all" not in outcome.err
        assert list(tmp_path.iterdir()) == []
