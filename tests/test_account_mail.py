"""The mails about an account, and what happens when none can be sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.mail_look import as_html
from accounts.models import User
from tests import factories, people
from tests.account_steps import (
    ADDRESS,
    CONFIRM,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    QUOTED,
    RESET,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    log_in,
    sign_up,
    text,
)

pytestmark = pytest.mark.django_db

# Every mail that django-allauth sends with our settings, with its subject.
MAILS = {
    "email_confirmation_signup": "Confirm your email address for Men's Health",
    "email_confirmation": "Confirm your email address for Men's Health",
    "account_already_exists": "You already have an account at Men's Health",
    "unknown_account": "There is no account at Men's Health with this address",
    "login_code": "Your code to log in to Men's Health",
    "password_reset_code": "Your code to set a new password at Men's Health",
    "password_changed": "Your password at Men's Health was changed",
    "password_reset": "Your password at Men's Health was changed",
    "password_set": "Your account at Men's Health has a password now",
    "email_changed": "The email address of your account at Men's Health was changed",
    "email_deleted": "An email address was removed from your account at Men's Health",
    "email_confirm": "Your email address at Men's Health is confirmed",
    "account_deleted": "Your account at Men's Health is deleted",
}
CODES = {"email_confirmation_signup", "email_confirmation", "login_code", "password_reset_code"}
NEWS = {name for name in MAILS if name.startswith(("password_", "email_")) and name not in CODES}


def rendered(name: str, settings: Any) -> EmailMessage:
    settings.SITE_NAME = "Men's Health"
    settings.SITE_URL = "https://conditions.example.org"
    settings.DEFAULT_FROM_EMAIL = "no-reply@conditions.example.org"
    request = RequestFactory().get("/", {"next": TREATMENT}, headers={"host": "localhost"})
    context = {
        "code": "BCDF-GHJK",
        "timestamp": timezone.now(),
        "from_email": "old@example.org",
        "to_email": "new@example.org",
        "deleted_email": "old@example.org",
    }
    with request_context(request):
        get_adapter(request).send_mail(f"account/email/{name}", ADDRESS, context)
    return mail.outbox[-1]


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_what_happened_in_plain_text_of_our_own(name: str, settings: Any) -> None:
    factories.published()
    message = rendered(name, settings)
    body = str(message.body)

    assert message.subject == MAILS[name]
    assert message.from_email == "no-reply@conditions.example.org"
    assert message.to == [ADDRESS]
    assert body.endswith("--\nMen's Health\nhttps://conditions.example.org")
    assert "&#x27;" not in body
    assert "localhost" not in body, "the address of the site comes from the settings"
    assert "next" not in body
    assert "conditions/" not in body
    assert "Bone in the calf" not in body
    assert max(map(len, body.splitlines())) <= 78


def html_of(message: EmailMessage) -> str:
    (part,) = message.message().get_payload()[1:]
    assert part.get_content_type() == "text/html"
    return str(part.get_payload(decode=True).decode())


def words(html: str) -> list[str]:
    body = html.partition("<body>")[2].replace("<br>", "<br> ")
    return unescape(strip_tags(body)).split()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_in_html_and_loads_nothing(name: str, settings: Any) -> None:
    factories.published()
    message = rendered(name, settings)
    html = html_of(message)

    assert message.message().get_content_type() == "multipart/alternative"
    assert words(html) == f"{message.subject} {message.body}".replace("\n--\n", "\n").split()
    assert not re.search(r"<(img|link|script|iframe|form|video|svg|object)\b", html)
    assert not re.search(r"\b(src|background|style|on\w+)=|url\(|@import", html)
    assert set(re.findall(r"https?://[^/\"<]+", html)) == {"https://conditions.example.org"}
    assert "Bone in the calf" not in html
    assert "conditions/" not in html
    assert ("BCDF-GHJK" in html) == (name in CODES)
    assert max(map(len, html.splitlines())) < 900, "longer lines are broken on the way"


def test_what_people_typed_is_no_markup_in_a_mail(settings: Any) -> None:
    settings.SITE_NAME = "Bones & <b>Joints</b>"
    with request_context(RequestFactory().get("/")):
        get_adapter().send_mail(
            "account/email/email_deleted",
            ADDRESS,
            {"deleted_email": "<i>http://evil.example/</i>@a.org", "timestamp": timezone.now()},
        )

    html = html_of(mail.outbox[-1])
    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="http://evil' not in html


def test_only_addresses_of_the_site_become_links() -> None:
    site = {"site_url": "https://site.example", "site_name": "Site"}
    text = "Look:\nhttps://site.example/account/\nhttps://site.example.evil/\n\n--\nSite"

    assert re.findall('href="([^"]+)', as_html("News", text, site)) == [
        "https://site.example/account/",
        "https://site.example",
    ]


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_mail_with_a_code_has_it_alone_on_a_line_and_nothing_to_click(
    name: str, settings: Any
) -> None:
    message = rendered(name, settings)
    body = str(message.body)

    assert "\n\nBCDF-GHJK\n\n" in body
    assert re.search(r"It works for 1[05] minutes\.", body)
    assert "BCDF" not in message.subject
    assert body.count("http") == 1, "the site's own address under the line"


@pytest.mark.parametrize("name", sorted(NEWS))
def test_news_of_a_change_says_when_and_what_to_do(name: str, settings: Any) -> None:
    body = str(rendered(name, settings).body)

    assert re.search(r"^When: \d+ \w+ \d{4}, \d\d:\d\d UTC$", body, re.MULTILINE)
    assert "https://conditions.example.org/accounts/password/reset/" in body
    assert "127.0.0.1" not in body


def test_the_journeys_send_the_mails_they_should(client: Client) -> None:
    sign_up(client, next=TREATMENT)
    client.post(CONFIRM, {"code": code_in_last_mail()})
    client.post("/accounts/logout/")
    client.post(LOG_IN_BY_CODE, {"email": ADDRESS})
    client.post(LOG_IN_CODE, {"code": code_in_last_mail()})
    client.post("/accounts/logout/")
    client.post(RESET, {"email": "nobody@example.org"})

    assert [message.subject for message in mail.outbox] == [
        "Confirm your email address for Nosology",
        "Your code to log in to Nosology",
        "There is no account at Nosology with this address",
    ]


# ── When mail fails ───────────────────────────────────────────────────────────────────────────
class BrokenServer(BaseEmailBackend):
    failure: Exception = OSError()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise self.failure


@pytest.fixture(
    params=[
        TimeoutError("timed out"),
        ConnectionRefusedError(111, "refused"),
        SMTPAuthenticationError(535, b"no"),
        SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}),
    ],
    ids=lambda failure: type(failure).__name__,
)
def _mail_is_broken(request: pytest.FixtureRequest, settings: Any) -> None:
    BrokenServer.failure = request.param
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"


@pytest.mark.usefixtures("_mail_is_broken")
def test_a_sign_up_whose_mail_fails_is_told_and_can_go_on_later(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    failed = sign_up(client, next=TREATMENT)

    assert failed.status_code == 503
    assert "We could not send the email" in text(failed)
    assert f'href="/accounts/login/?next={QUOTED}"' in text(failed)
    assert "no-store" in failed.headers["Cache-Control"]
    assert "Mail was not sent: " in caplog.text
    assert ADDRESS not in caplog.text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()  # ten seconds later
    assert log_in(client, ADDRESS, next=TREATMENT).headers["Location"].startswith(CONFIRM)
    done = client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT})
    assert done.headers["Location"] == TREATMENT
    assert is_logged_in(client)


@pytest.mark.usefixtures("_mail_is_broken")
@pytest.mark.parametrize("page", [RESET, LOG_IN_BY_CODE])
@pytest.mark.parametrize("email", ["reader@example.org", "nobody@example.org"])
def test_asking_for_a_code_that_cannot_be_sent_is_told(
    client: Client, page: str, email: str
) -> None:
    people.reader()

    assert client.post(page, {"email": email}).status_code == 503


@pytest.mark.usefixtures("_mail_is_broken")
def test_a_taken_address_gets_the_same_answer_when_mail_fails(client: Client) -> None:
    people.reader(ADDRESS)

    assert sign_up(client).status_code == 503


def test_a_second_code_that_cannot_be_sent_leaves_the_first_one_working(
    client: Client, settings: Any
) -> None:
    sign_up(client)
    cache.clear()  # ten seconds later
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    assert client.post(CONFIRM, {"action": "resend"}).status_code == 503

    client.post(CONFIRM, {"code": code_in_last_mail()})
    assert is_logged_in(client)


@pytest.mark.usefixtures("_mail_is_broken")
def test_a_change_stands_when_only_its_notice_cannot_be_sent(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(people.reader())
    new = "another heron by another weir"
    data = {"oldpassword": people.PASSWORD, "password1": new, "password2": new}

    assert client.post("/accounts/password/change/", data).status_code == 302

    assert User.objects.get().check_password(new)
    assert is_logged_in(client)
    assert "changed without its notice" in caplog.text
