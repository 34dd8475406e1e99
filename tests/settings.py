"""Settings of the test run: the site's own, with an environment that no machine can change."""

import os
import re
from pathlib import Path

_EXAMPLE = Path(__file__).parent.parent / ".env.example"
for _name in re.findall(r"^#?([A-Z_]+)=", _EXAMPLE.read_text(), re.MULTILINE):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
os.environ["SITE_URL"] = "http://localhost:8000"
# Tests of the admin's door switch it on; the others are about what is behind it.
os.environ["ADMIN_SECOND_FACTOR"] = "false"
os.environ["HOST"] = "127.0.0.1"
# Both kinds, so that every test that walks the pages walks these too. Nothing answers there.
os.environ["GOOGLE_CLIENT_ID"] = os.environ["OIDC_CLIENT_ID"] = "nosology"
os.environ["GOOGLE_CLIENT_SECRET"] = os.environ["OIDC_CLIENT_SECRET"] = "known-to-nobody"
os.environ["OIDC_SERVER_URL"] = "http://127.0.0.1:1"
os.environ["OIDC_NAME"] = "Example Hospital"
# tests/conftest.py tells where: a file for the one, a server of its own for the other.
os.environ["DATABASE_URL"] = {
    # Not in memory: the live server may be made first, and would share its one connection.
    "sqlite": "sqlite:////unknown/nosology",
    "postgresql": "postgres://postgres@unknown/nosology",
}[os.environ.get("TEST_DATABASE", "sqlite")]

from config.settings import *  # noqa: E402, F403, TID251  (Django's way to derive settings)

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  (a thread of the live server leaves none open)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
