"""Secrets that have to be read again stand sealed in the database: a copy of it tells none."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"nosology second factors, 1"


class SealBroken(Exception):
    """Sealed with a key that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS."""


def seal(text: str) -> str:
    return _seals().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    # Never an empty or made-up text instead: from a known secret anybody computes the codes.
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken(
            "The secret of a second factor cannot be read: SECRET_KEY changed and the old one is "
            "not among SECRET_KEY_FALLBACKS. Put it there, or reset who cannot log in by "
            "`manage.py reset_second_factor EMAIL`."
        ) from None


def reseal(sealed: str) -> str:
    """The same under SECRET_KEY, so that the keys of before can go."""
    return seal(unseal(sealed))


def _seals() -> MultiFernet:
    """The first one seals, each of them opens."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
