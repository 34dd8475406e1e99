"""The mail with the answer to a report. Neither it nor its subject names a condition: mail is
read over shoulders, and what somebody looks up about their health is their business."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from conditions.acts import AnswerNotSent

logger = logging.getLogger(__name__)


def mail_answer(*, to: str, answer: str) -> None:
    subject = f"Our answer to your report to {settings.SITE_NAME}"
    context = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "answer": answer,
    }
    text = render_to_string("emails/report_answer.txt", context)
    message = EmailMultiAlternatives(subject, f"{text}\n--\n{_signature()}\n", to=[to])
    html = {**context, "subject": subject, "paragraphs": _paragraphs(text)}
    message.attach_alternative(render_to_string("emails/mail.html", html), "text/html")
    _send(message)


def _signature() -> str:
    return f"{settings.SITE_NAME}\n{settings.SITE_URL}"


def _paragraphs(text: str) -> list[dict[str, object]]:
    """What `emails/mail.html` shows: nothing in an answer becomes a link."""
    blocks = (block for block in text.strip().split("\n\n") if block.strip())
    return [{"lines": [{"text": line} for line in block.strip().split("\n")]} for block in blocks]


def _send(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except OSError as failure:  # SMTP errors and time-outs are among them
        code = getattr(failure, "smtp_code", failure.errno)
        # Without the text: it may hold the reader's address.
        logger.error("An answer was not sent: %s %s", type(failure).__name__, code)
        raise AnswerNotSent(
            "The mail server did not take the mail, so nothing was sent and the report stays open. "
            "Your answer is kept below: send it again in a few minutes."
        ) from failure
