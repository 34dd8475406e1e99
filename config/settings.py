"""The one settings file. Everything that differs between sites comes from the environment.

`.env.example` lists every variable with its unit and default. There is no unsafe default: what
must be set stops the start when it is not, and the error says what to do.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import identity_providers
from config.environment import (
    boolean,
    database,
    loopback,
    mail,
    number,
    off_only_here,
    required,
    site_url,
    text,
    time_zone,
    words,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# ── The site ──────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = required("SECRET_KEY", "a long random text: `openssl rand -base64 48` makes one")
# Keys of before, so that a change of the key logs nobody out and keeps second factors readable.
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS", default=[])
_site = site_url("SITE_URL")
SITE_URL = _site.geturl()
IS_HTTPS = _site.scheme == "https"
IS_LOOPBACK = loopback(_site.hostname)
DEBUG = boolean("DEBUG", default=False)
if DEBUG and not IS_LOOPBACK:
    raise ImproperlyConfigured(
        f"DEBUG is on and SITE_URL is {SITE_URL}: debug pages show secrets. Set DEBUG=false."
    )
ALLOWED_HOSTS = words(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]"] if IS_LOOPBACK else [str(_site.hostname)],
)
if any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS holds a wildcard: it opens redirects to other sites. List each host name."
    )

SITE_NAME = text("SITE_NAME", default="Nosology")
CONTACT_EMAIL = text("CONTACT_EMAIL")
EMERGENCY_ADVICE = text(
    "EMERGENCY_ADVICE",
    default=(
        "Call 911 (US and Canada), 999 (UK) or 112 (Europe), "
        "or go to the nearest emergency department."
    ),
)
VAR_DIR = Path(text("VAR_DIR", default=str(BASE_DIR / "var"))).absolute()

# ── Rules of this product ─────────────────────────────────────────────────────────────────────
# Who reads the full treatment: a callable (user, condition) -> bool. Unset, nobody does.
MAY_READ_TREATMENT = "accounts.gate_rule.has_verified_address"
# A site run by one person may let an author approve their own edition; its pages then say so.
SOLO_PUBLISHING = boolean("SOLO_PUBLISHING", default=False)
# The admin asks staff for a second factor. Off only where nobody else can reach the site.
ADMIN_SECOND_FACTOR = off_only_here("ADMIN_SECOND_FACTOR", _site)
# Seconds a shared cache may keep a page made without a session.
PUBLIC_CACHE_SECONDS = number("PUBLIC_CACHE_SECONDS", default=10, least=0, most=3600)

# ── Applications ──────────────────────────────────────────────────────────────────────────────
SOCIALACCOUNT_PROVIDERS = identity_providers.identity_providers()
INSTALLED_APPS = [
    "accounts",
    "conditions",
    "config",
    "config.admin_app.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *identity_providers.applications(SOCIALACCOUNT_PROVIDERS),
]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    # Outside the next one, so that only what may be kept gets a tag to ask by.
    "django.middleware.http.ConditionalGetMiddleware",
    "config.middleware.private_unless_public",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.compressed",
    "config.middleware.without_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sessions.ended_in_time",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.mail_failure_told",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

# ── Data ──────────────────────────────────────────────────────────────────────────────────────
DATABASES: dict[str, Any] = {
    "default": database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'nosology.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Measured: with the defaults most concurrent writes fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;PRAGMA temp_store=MEMORY;"
        ),
    }
# Opening one, and reading its schema, costs SQLite more than the queries of most pages.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Rate limits live here, so that all workers count together. Nothing a page shows is kept in it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Past it Django drops rows at random: a flood would switch the limits off.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# ── Accounts ──────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email"]},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
    }.items()
] + [{"NAME": "accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}}]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False  # True tells whether an address has an account
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Not "phone_number": browsers fill that in, and a person would be taken for a machine.
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Reports of problems with pages: by network address, and by the whole site.
ACCOUNT_RATE_LIMITS = {"report_problem": "10/h/ip,100/h/key"}
MFA_ADAPTER = "accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds before and after; see accounts/mfa_forms.py
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}  # two requests a log-in, and nothing to guess
MFA_FORMS = {
    "authenticate": "accounts.mfa_forms.AuthenticateForm",
    "reauthenticate": "accounts.mfa_forms.ReauthenticateForm",
    "add_webauthn": "accounts.mfa_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.mfa_forms.RenamePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # it would keep who was where when
SOCIALACCOUNT_ADAPTER = "accounts.social_adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address told by a provider opens no account
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", default=0, least=0, most=10)

# ── Mail ──────────────────────────────────────────────────────────────────────────────────────
# Mail is sent in the request. Without EMAIL_URL it is printed and kept in VAR_DIR/mail.
MAIL_IS_LOCAL = not text("EMAIL_URL")
if MAIL_IS_LOCAL:
    if not IS_LOOPBACK:
        raise ImproperlyConfigured(
            "EMAIL_URL is not set: readers could not get their verification code. "
            "Set it, such as smtp+tls://user:password@mail.example.org:587"
        )
    EMAIL_BACKEND = "config.local_mail.EmailBackend"
else:
    vars().update(mail("EMAIL_URL"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", default=f"no-reply@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── Security ──────────────────────────────────────────────────────────────────────────────────
# How long somebody may stay away, and how long a session lasts however busy; accounts/sessions.py.
SESSION_COOKIE_AGE = number("SESSION_IDLE_HOURS", default=336, least=1, most=8760) * 3600
STAFF_SESSION_IDLE_HOURS = number("STAFF_SESSION_IDLE_HOURS", default=12, least=1, most=8760)
SESSION_ABSOLUTE_DAYS = number("SESSION_ABSOLUTE_DAYS", default=30, least=1, most=365)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_SSL_REDIRECT = IS_HTTPS and boolean("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = (
    number("HSTS_SECONDS", default=31536000, least=0, most=63072000) if IS_HTTPS else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and boolean("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = IS_HTTPS and boolean("HSTS_PRELOAD", default=False)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Browsers apply it to where a form's answer leads, too.
        "form-action": [SELF, *identity_providers.form_targets(SOCIALACCOUNT_PROVIDERS)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
_unused = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi"
PERMISSIONS_POLICY: dict[str, list[str]] = {name: [] for name in f"{_unused} payment usb".split()}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# ── Language, time, static files ──────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
TIME_ZONE = time_zone("TIME_ZONE", default="UTC")
USE_TZ = USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
_hashed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _plain if DEBUG else _hashed},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES, WHITENOISE_USE_FINDERS = True, DEBUG

# ── Log ───────────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
