"""Second factors and sessions, where django-allauth loses the way or lacks a page."""

from __future__ import annotations

import json
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.base import views as codes
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts.views import View, keeps_way_back


def refuses_nonsense(answer: type[RegistrationResponse | AuthenticationResponse]) -> Any:
    """Answer 400 to what no browser sends; django-allauth would stumble over some of it."""

    def guarded(view: View) -> View:
        @wraps(view)
        def reads_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "credential" in request.POST:
                try:
                    answer.from_dict(json.loads(request.POST["credential"]))
                except Exception:  # a parser of bytes: whatever it says, it could not read them
                    raise BadRequest("This is no answer of a passkey.") from None
            return view(request, *args, **kwargs)

        return reads_first

    return guarded


class ReauthenticateByPasskey(passkeys.ReauthenticateWebAuthnView):  # type: ignore[misc]  # untyped
    def form_invalid(self, form: Form) -> HttpResponse:
        """Back to the same page with the reason; allauth leads to the home page."""
        for reason in form.errors.get("credential", []):
            get_adapter().add_message(self.request, messages.ERROR, message=reason)
        return HttpResponseRedirect(
            passthrough_next_redirect_url(self.request, self.request.path, REDIRECT_FIELD_NAME)
        )


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the reader's own; the one in use ends by logging out."""
    session = UserSession.objects.filter(user=request.user, pk=pk).first()
    if session and not session.is_current():
        session.end()
        messages.success(request, f"{session.user_agent} is logged out.")
    return redirect("usersessions_list")


_signed, _made = refuses_nonsense(AuthenticationResponse), refuses_nonsense(RegistrationResponse)
authenticate = keeps_way_back(
    _signed(codes.authenticate), why="This log-in was not finished in time. Start again."
)
log_in_by_passkey = keeps_way_back(_signed(passkeys.login_webauthn), why="")
reauthenticate_by_passkey = _signed(ReauthenticateByPasskey.as_view())
add_passkey = _made(passkeys.add_webauthn)
