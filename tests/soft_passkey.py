"""A passkey in software, so that tests without a browser can add one and log in by it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

ORIGIN = "http://localhost:8000"
FLAGS = AuthenticatorData.FLAG
PRESENT_AND_VERIFIED = FLAGS.UP | FLAGS.UV


class SoftPasskey:
    def __init__(self, rp_id: str = "localhost") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.rp_id_hash = hashlib.sha256(rp_id.encode()).digest()
        self.counter = 0

    def registration(self, options: Any = None, *, origin: str = ORIGIN) -> dict[str, Any]:
        """The browser's answer to the options of the page that adds a passkey."""
        public = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        flags = PRESENT_AND_VERIFIED | FLAGS.AT
        data = AuthenticatorData.create(self.rp_id_hash, flags, 0, public)
        client_data = _client_data("webauthn.create", options, origin)
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(client_data),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def assertion(
        self, options: Any, *, user_handle: str = "", origin: str = ORIGIN
    ) -> dict[str, Any]:
        """The browser's answer to the options of a page that asks for a passkey."""
        self.counter += 1
        data = AuthenticatorData.create(self.rp_id_hash, PRESENT_AND_VERIFIED, self.counter)
        client_data = _client_data("webauthn.get", options, origin)
        signed = data + hashlib.sha256(client_data).digest()
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
                "userHandle": websafe_encode(user_handle.encode()),
            },
            "clientExtensionResults": {},
        }

    def _named(self) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key"}


def _client_data(kind: str, options: Any, origin: str) -> bytes:
    challenge = options["publicKey"]["challenge"] if options else "none"
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()
