"""Log-in through other services: there only when the environment names one."""

from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("3rdparty/", include("allauth.socialaccount.urls"))
]
if "google" in settings.SOCIALACCOUNT_PROVIDERS:
    # Without Google's one-tap log-in, which needs a script of theirs.
    urlpatterns += default_urlpatterns(registry.get_class("google"))
if "openid_connect" in settings.SOCIALACCOUNT_PROVIDERS:
    from accounts import social_views

    urlpatterns += [
        path("oidc/<slug:provider_id>/login/", social_views.login, name="openid_connect_login"),
        path(
            "oidc/<slug:provider_id>/login/callback/",
            social_views.callback,
            name="openid_connect_callback",
        ),
    ]
