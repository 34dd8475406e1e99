from django.conf import settings
from django.urls import include, path

from accounts import security_views, views

urlpatterns = [
    path("confirm-email/", views.confirm_email, name="account_email_verification_sent"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path(
        "password/reset/confirm/",
        views.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/complete/",
        views.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path("logout/", views.log_out, name="account_logout"),
    path("", include("allauth.account.urls")),
    path("2fa/authenticate/", security_views.authenticate, name="mfa_authenticate"),
    path("2fa/webauthn/add/", security_views.add_passkey, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", security_views.log_in_by_passkey, name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        security_views.reauthenticate_by_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/<int:pk>/end/", security_views.end_session, name="end_session"),
    path("sessions/", include("allauth.usersessions.urls")),
]
if settings.SOCIALACCOUNT_PROVIDERS:
    urlpatterns.append(path("", include("accounts.social_urls")))
