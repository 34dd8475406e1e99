"""Reading the environment: strict, and an error says which variable and what to put there."""

from __future__ import annotations

import ipaddress
import os
import zoneinfo
from collections.abc import Callable, Container, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE_SCHEMES = {"postgres", "postgresql", "sqlite"}
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def text(name: str, *, default: str = "") -> str:
    """Set to nothing is the same as not set."""
    return os.environ.get(name, "").strip() or default


def required(name: str, what: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment to {what}. "
            "On your own machine `make run` sets everything."
        )
    return value


def boolean(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if value in {"", "true", "false"}:
        return value == "true" if value else default
    raise ImproperlyConfigured(f"{name} is {value!r}: write true or false.")


def number(name: str, *, default: int, least: int, most: int) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a number from {least} to {most}.")
    return int(value)


def words(name: str, *, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def time_zone(name: str, *, default: str) -> str:
    value = text(name, default=default)
    if value not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a name such as Europe/Madrid.")
    return value


def site_url(name: str) -> SplitResult:
    value = required(name, "the address readers use, such as https://conditions.example.org")
    try:
        parts = urlsplit(value.rstrip("/"))
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good or parts.path or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: give scheme and host alone, such as https://conditions.example.org"
        )
    return parts


def database(name: str, *, default: str) -> dict[str, Any]:
    value = text(name, default=default)
    parsed = _parsed(environ.Env.db_url_config, value, DATABASE_SCHEMES)
    if not parsed.get("NAME"):
        raise ImproperlyConfigured(
            f"{name} is not understood: write postgres://user:password@host:5432/name "
            "or sqlite:////path/of/a/file; in a password write # as %23, @ as %40, / as %2F."
        )
    return parsed


def mail(name: str) -> dict[str, Any]:
    """Django's EMAIL_* settings from one URL."""
    parsed = _parsed(environ.Env.email_url_config, text(name), MAIL_PORTS)
    if not parsed.get("EMAIL_HOST"):
        raise ImproperlyConfigured(
            f"{name} is not understood: write smtp+tls://user:password@mail.example.org:587 "
            "(STARTTLS), smtp+ssl:// (port 465) or smtp:// (a relay on a network of your own); "
            "in a password write # as %23, @ as %40, / as %2F."
        )
    parsed["EMAIL_PORT"] = parsed["EMAIL_PORT"] or MAIL_PORTS[urlsplit(text(name)).scheme]
    return parsed


def _parsed(
    parse: Callable[[str], Mapping[str, Any]], value: str, schemes: Container[str]
) -> dict[str, Any]:
    """Empty when not understood. The value may hold a password: it never stands in an error."""
    try:
        return dict(parse(value)) if urlsplit(value).scheme in schemes else {}
    except (ValueError, ImproperlyConfigured):
        return {}


def off_only_here(name: str, site: SplitResult) -> bool:
    """A guard that may be false only where nobody on another machine can reach the site."""
    on = boolean(name, default=True)
    if not on and not (loopback(site.hostname) and loopback(text("HOST"))):
        raise ImproperlyConfigured(
            f"{name} is off, SITE_URL is {site.geturl()} and HOST is {text('HOST')!r}: both must "
            f"be this machine, such as localhost. Leave {name} out."
        )
    return on


def loopback(host: str | None) -> bool:
    """Whether a host name can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
