"""The one entry for servers. Refuses to serve with settings that could leak gated text."""

import gc
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

# What is loaded by now stays loaded. Looking through all of it for garbage, again and again, made
# one request in some hundreds wait 60 ms.
gc.collect()
gc.freeze()
