from django.urls import include, path

from accounts import views

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
    path("", include("allauth.account.urls")),
]
