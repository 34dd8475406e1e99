"""Where django-allauth's own pages would lose the way back, or tell who has an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.browser_data import cleared

View = Callable[[HttpRequest], HttpResponse]

NO_CODE = (
    "No code is waiting here: it was used, or its time is over. Start again and we send you a new "
    "one."
)
STARTS = ("account_login", "account_request_login_code", "account_reset_password")


class ConfirmEmail(views.ConfirmEmailVerificationCodeView):  # type: ignore[misc]  # untyped
    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """Send a mail in any case: allauth does so for new accounts only, and that takes time."""
        response: HttpResponse = super()._resend_form_valid(form)
        if not self._process.user:
            get_adapter().tell_account_exists(self._process.email)
        if not _was_told(self.request):
            messages.success(self.request, f"We sent a new code to {self._process.email}.")
        return response


@wraps(views.logout)
def log_out(request: HttpRequest) -> HttpResponse:
    was_in = request.user.is_authenticated
    response: HttpResponse = views.logout(request)
    return cleared(response) if was_in and request.method == "POST" else response


def keeps_way_back(view: View, *, why: str = NO_CODE) -> View:
    """When a page sends somebody back to a start page, keep `next` and say why."""

    @wraps(view)
    def sends_back_kindly(request: HttpRequest) -> HttpResponse:
        response = view(request)
        if isinstance(response, HttpResponseRedirect) and _is_start(response.url):
            if why and not _was_told(request):
                messages.info(request, why)
            response["Location"] = passthrough_next_redirect_url(
                request, response.url, REDIRECT_FIELD_NAME
            )
        return response

    return sends_back_kindly


def _is_start(url: str) -> bool:
    return url.partition("?")[0] in {reverse(name) for name in STARTS}


def _was_told(request: HttpRequest) -> bool:
    """Whether this request has left a message already."""
    return bool(getattr(messages.get_messages(request), "added_new", False))


confirm_email = keeps_way_back(login_not_required(ConfirmEmail.as_view()))
confirm_login_code = keeps_way_back(views.confirm_login_code)
confirm_password_reset_code = keeps_way_back(views.confirm_password_reset_code)
complete_password_reset = keeps_way_back(views.complete_password_reset)
