"""Steps through the account pages, as somebody at a browser takes them."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client

from tests.people import PASSWORD

SIGN_UP = "/accounts/signup/"
CONFIRM = "/accounts/confirm-email/"
LOG_IN = "/accounts/login/"
LOG_IN_BY_CODE = "/accounts/login/code/"
LOG_IN_CODE = "/accounts/login/code/confirm/"
RESET = "/accounts/password/reset/"
RESET_CODE = "/accounts/password/reset/confirm/"
RESET_PASSWORD = "/accounts/password/reset/complete/"

ADDRESS = "maria@example.org"
TREATMENT = "/conditions/bone-in-the-calf/#treatment"
QUOTED = "%2Fconditions%2Fbone-in-the-calf%2F%23treatment"


def sign_up(client: Client, email: str = ADDRESS, **data: Any) -> Any:
    return client.post(SIGN_UP, {"email": email, "password1": PASSWORD, **data})


def log_in(client: Client, email: str, password: str = PASSWORD, **data: Any) -> Any:
    return client.post(LOG_IN, {"login": email, "password": password, **data})


def code_in_last_mail() -> str:
    found = re.findall(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert len(found) == 1, "the code stands alone on one line"
    return str(found[0])


def wrong_code() -> str:
    return "BBBB-BBBB" if code_in_last_mail() != "BBBB-BBBB" else "CCCC-CCCC"


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def text(response: Any) -> str:
    return str(response.content.decode())
