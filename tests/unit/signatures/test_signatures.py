from __future__ import annotations

import base64
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.signatures import LENGTH, SignatureError, Signer, Verifier


def pair(kind=None):
    """Give a key as text and its public half."""
    key = kind or ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public


PRIVATE, PUBLIC = pair()
OTHER_PRIVATE, OTHER_PUBLIC = pair()
SIGNER, VERIFIER = Signer(PRIVATE), Verifier(PUBLIC, "a.pub")


@given(st.binary(max_size=200))
def test_what_was_signed_verifies(content):
    signature = SIGNER.sign(content)
    assert len(signature) == LENGTH
    VERIFIER.verify(content, signature, "live.json")


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_bit_does_not(content, data):
    signature = SIGNER.sign(content)
    for part, other in ((content, signature), (signature, content)):
        bit = data.draw(st.integers(0, 8 * len(part) - 1))
        changed = bytearray(part)
        changed[bit // 8] ^= 1 << bit % 8
        pieces = (bytes(changed), other) if part is content else (other, bytes(changed))
        with pytest.raises(SignatureError, match=r"live\.json is not what was signed"):
            VERIFIER.verify(*pieces, "live.json")


@pytest.mark.parametrize("signature", [b"", b"x", b"x" * 63, b"x" * 65, SIGNER.sign(b"other")], ids=range(5))
def test_what_is_no_signature_of_it_does_not(signature):
    with pytest.raises(SignatureError):
        VERIFIER.verify(b"content", signature, "live.json")


def test_a_missing_one_is_said_to_be_missing():
    with pytest.raises(SignatureError, match="not signed") as caught:
        VERIFIER.verify(b"content", None, "live.json")
    assert "live.json.sig" in caught.value.hint


def test_the_key_of_somebody_else_does_not():
    with pytest.raises(SignatureError):
        VERIFIER.verify(b"content", Signer(OTHER_PRIVATE).sign(b"content"), "live.json")


def test_while_a_key_is_replaced_both_do():
    both = Verifier(b"# the old one\n" + PUBLIC + b"\n# the new one\n" + OTHER_PUBLIC, "keys.pub")
    for private in (PRIVATE, OTHER_PRIVATE):
        both.verify(b"content", Signer(private).sign(b"content"), "live.json")


def test_the_one_line_of_a_key_is_enough():
    (line,) = PRIVATE.splitlines()[1:-1]
    VERIFIER.verify(b"content", Signer(f" {line}\n").sign(b"content"), "live.json")


@pytest.mark.parametrize(
    "written",
    ["", "secret-word", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", base64.b64encode(b"x").decode(),
     pair(ec.generate_private_key(ec.SECP256R1()))[0], PUBLIC.decode()],
    ids=range(6),
)  # fmt: skip
def test_what_is_no_private_key_is_refused_and_not_shown(written):
    with pytest.raises(UsageError) as caught:
        Signer(written)
    assert "C2C_SNAPSHOT_KEY" in caught.value.summary
    assert not written or written not in f"{caught.value!r}{caught.value.hint}"


@pytest.mark.parametrize(
    "pem",
    [b"", b"text", PRIVATE.encode(), pair(ec.generate_private_key(ec.SECP256R1()))[1], PUBLIC.replace(b"M", b"!", 1),
     PUBLIC + b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", PUBLIC * 21],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_public_key_is_refused(pem):
    with pytest.raises(UsageError, match=r"keys\.pub"):
        Verifier(pem, "keys.pub")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed here")
def test_openssl_agrees(tmp_path):
    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, check=True).stdout

    openssl("genpkey", "-algorithm", "ed25519", "-out", "key.pem")
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "key.pub")
    (tmp_path / "live.json").write_bytes(b"content")
    (tmp_path / "live.json.sig").write_bytes(Signer((tmp_path / "key.pem").read_text()).sign(b"content"))
    verify = ("pkeyutl", "-verify", "-pubin", "-inkey", "key.pub", "-rawin", "-in", "live.json")
    assert b"Verified Successfully" in openssl(*verify, "-sigfile", "live.json.sig")
    openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "live.json", "-out", "theirs.sig")
    Verifier((tmp_path / "key.pub").read_bytes(), "key.pub").verify(
        b"content", (tmp_path / "theirs.sig").read_bytes(), "live.json"
    )
