"""The one entry for servers. Refuses to serve with settings that could leak gated text."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.checks import refuse_to_serve  # noqa: E402  (the settings have to be loaded before)

if _errors := refuse_to_serve():
    raise ImproperlyConfigured("\n".join(_errors))

# All addresses are loaded now, so that no reader waits for it.
get_resolver().url_patterns  # noqa: B018  (asking loads them)
