"""The few places where django-allauth is told to behave otherwise."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.mail_look import as_html

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.forms import Form

    from accounts.models import User

logger = logging.getLogger(__name__)


ADVICE = {
    "password_too_short": "Use at least %(min_length)s characters.",
    "password_too_common": (
        "This password is one of the first that attackers try. Choose a different one: "
        "three or four words in a row are good."
    ),
    "password_too_similar": (
        "This password is too much like your email address. Choose a different one."
    ),
}


WAYS_TO_CONFIRM = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class MailNotSent(Exception):
    """The mail server refused or did not answer in time."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "The email address or the password is not right. Check both and try again."
        ),
        "enter_current_password": "This is not your current password. Type it again.",
        "incorrect_password": "This is not your password. Type it again.",
        "incorrect_code": (
            "This is not the code we sent. Check it, or copy it from the email. "
            "After three wrong codes you need a new one."
        ),
        "duplicate_email": "This is your address already. Enter a different one.",
        "email_taken": "This address cannot be used. Enter a different one.",
        "too_many_login_attempts": (
            "Too many tries. Wait a minute, then log in again or ask for a new code."
        ),
        "rate_limited": "Too many tries. Wait a minute and try again.",
    }

    # ── Mail ──────────────────────────────────────────────────────────────────────────────────
    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # such as http://[, which is no address at all
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails take the site's name and address from the settings, never from the request."""
        site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        message = self.render_mail(template_prefix, email, {"email": email, **site, **context})
        try:
            message.send()
        except OSError as failure:  # SMTP errors and time-outs are among them
            code = getattr(failure, "smtp_code", failure.errno)
            # Without the text: it may hold the reader's address.
            logger.error("Mail was not sent: %s %s", type(failure).__name__, code)
            raise MailNotSent from failure

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """Every mail has an HTML part too, made of its text."""
        message: EmailMultiAlternatives = super().render_mail(
            template_prefix, email, context, headers
        )
        html = as_html(str(message.subject), str(message.body), context)
        message.attach_alternative(html, "text/html")
        return message

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """News of a change that is already made: failing to tell must not make it look failed."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except MailNotSent:
            logger.error("The account was changed without its notice by mail.")

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account hashes its password here; without this the time tells which ones exist.
        make_password("a password that nobody has")
        self.tell_account_exists(email)

    def tell_account_exists(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def tell_deleted(self, email: str) -> None:
        """Said after the fact: failing to tell must not make it look failed."""
        try:
            self.send_mail("account/email/account_deleted", email, {"timestamp": timezone.now()})
        except MailNotSent:
            logger.error("An account was deleted without its notice by mail.")

    # ── Ways through the pages ────────────────────────────────────────────────────────────────
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many wrong passwords answer 429, on a page that offers to log in by code."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Pressing the button twice makes one account; the second press is sent to log in."""
        user = super().save_user(request, user, form, commit=False)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            answer = self.respond_email_verification_sent(request, None)
            raise ImmediateHttpResponse(answer) from None
        return user

    def clean_password(self, password: str, user: Any = None) -> str:
        """Django's rules, in words that say what to do."""
        try:
            cleaned: str = super().clean_password(password, user)
        except ValidationError as refused:
            raise ValidationError([_advice(error) for error in refused.error_list]) from None
        return cleaned

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words. On the way into the admin a password is no answer."""
        methods = super().get_reauthentication_methods(user)
        if self.request and second_factor.is_on_way_to_desk(self.request):
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        return [{**method, "description": WAYS_TO_CONFIRM[method["id"]]} for method in methods]

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_email")

    def respond_email_verification_sent(
        self, request: HttpRequest, user: Any
    ) -> HttpResponseRedirect:
        """The code page knows the way back too, so that it survives the third wrong code."""
        page = reverse("account_email_verification_sent")
        return HttpResponseRedirect(
            passthrough_next_redirect_url(request, page, REDIRECT_FIELD_NAME)
        )


def _advice(error: ValidationError) -> ValidationError:
    known = ADVICE.get(error.code or "")
    return ValidationError(known, code=error.code, params=error.params) if known else error
