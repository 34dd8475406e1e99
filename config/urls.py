"""Every mount point, on one screen."""

from django.contrib import admin
from django.urls import include, path

from accounts import my_account
from conditions.api import api
from config import health, pages

urlpatterns = [
    path("", include("conditions.urls")),
    path("how-we-write/", pages.how_we_write, name="how_we_write"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("account/", my_account.account, name="account"),
    path("account/data/", my_account.data, name="account_data"),
    path("account/delete/", my_account.delete, name="account_delete"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]

handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
