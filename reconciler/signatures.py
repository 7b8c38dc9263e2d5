"""Signatures on files: Ed25519 over the bytes as they are, so that OpenSSL can make and check them too.

The private key stays with the job that publishes; everybody may have the public one. Why it is so is told in
`docs/adr/0015-signed-snapshots.md`.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from reconciler.errors import C2CError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LENGTH = 64
"""Bytes of a signature (RFC 8032)."""

_BEGIN, _END = b"-----BEGIN PUBLIC KEY-----", b"-----END PUBLIC KEY-----"
_MOST_KEYS = 20
_HOW_TO_MAKE_ONE = "make one with `openssl genpkey -algorithm ed25519`, and `openssl pkey -pubout` for the public half"


class SignatureError(C2CError):
    """A file is not signed by any of the keys that it should be signed by one of."""


class Signer:
    """A private key. It is in no text that this object or its errors give."""

    def __init__(self, written: str) -> None:
        """Read a key: PEM (PKCS #8), or its Base64 line alone, for variables that hold one line.

        Raise UsageError when it is no private key for Ed25519. The error does not repeat it.
        """
        self._key = _private_key(written.strip())

    def sign(self, content: bytes) -> bytes:
        """Sign these bytes."""
        return self._key.sign(content)


class Verifier:
    """One or more public keys, any of which will do: while a key is being replaced there are two."""

    def __init__(self, pem: bytes, source: str) -> None:
        """Read keys in PEM, one after another. Raise UsageError, naming the source, for anything but Ed25519 keys."""
        self._source = source
        self._keys = _public_keys(pem, source)

    def verify(self, content: bytes, signature: bytes | None, name: str) -> None:
        """Raise SignatureError unless one of the keys has signed exactly these bytes. None stands for no signature."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only where there is something to verify

        if signature is None:
            raise SignatureError(
                f"{name} is not signed, and {self._source} asks for a signature",
                hint=f"the signature belongs beside it, as {name}.sig; `c2c snapshot --sign` writes both",
            )
        for key in self._keys:
            try:
                key.verify(signature, content)
            except InvalidSignature:
                continue
            return
        raise SignatureError(
            f"{name} is not what was signed: none of the keys in {self._source} has signed these bytes",
            hint="it was changed or made by somebody else; take it again from where it is published",
        )


def _private_key(written: str) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only where there is something to sign
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above

    try:
        if written.startswith("-----"):
            key = serialization.load_pem_private_key(written.encode(), password=None)
        else:
            key = serialization.load_der_private_key(base64.b64decode(written, validate=True), password=None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("C2C_SNAPSHOT_KEY is no private key for Ed25519", hint=_HOW_TO_MAKE_ONE) from None
    return key


def _public_keys(pem: bytes, source: str) -> Sequence[Ed25519PublicKey]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above

    blocks = [block for block in pem.split(_BEGIN)[1:] if _END in block]
    keys = []
    for block in blocks[:_MOST_KEYS]:
        try:
            key = serialization.load_pem_public_key(_BEGIN + block.partition(_END)[0] + _END)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise UsageError(f"{source} holds something that is no public key for Ed25519", hint=_HOW_TO_MAKE_ONE)
        keys.append(key)
    if not keys or len(blocks) > _MOST_KEYS:
        raise UsageError(f"{source} holds {len(blocks) or 'no'} public keys in PEM", hint=_HOW_TO_MAKE_ONE)
    return keys
