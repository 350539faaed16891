"""Django's settings, made from the data directory: nothing here is a secret or a default password."""

import os
from datetime import timedelta
from pathlib import Path

from django.urls import get_script_prefix
from django.utils.functional import lazy
from platformdirs import user_data_path

from everycall.web.databases import VARIABLE, database
from everycall.web.kept_secrets import kept
from everycall.web.logs import config

DATA = Path(os.environ.get("EVERYCALL_DATA") or user_data_path("everycall", appauthor=False))
SITE = os.environ.get("EVERYCALL_SITE", "main")
SAMPLE = os.environ.get("EVERYCALL_SAMPLE", "")
"""The log into which a day of the sample shop is played; empty in earnest."""
BASE = Path(__file__).parent


def _names(variable: str) -> list[str]:
    return [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]


SECRET_KEY = kept(DATA / "secret", 48)
DEBUG = False
ADDRESS = os.environ.get("EVERYCALL_ADDRESS", "")
"""Where people find this installation; links in messages begin with it."""
ALLOWED_HOSTS = [*_names("EVERYCALL_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
"""By this machine's own name whoever watches over the process asks whether it is well."""
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _names("EVERYCALL_HOSTS")]
HTTPS = os.environ.get("EVERYCALL_HTTPS") == "1"
PROXIES = _names("EVERYCALL_PROXIES")
"""The proxies that are believed when they say who asks, and how."""
PATH = os.environ.get("EVERYCALL_PATH", "").rstrip("/")
"""The path below which a proxy shows us."""
PART = os.environ.get("EVERYCALL_PART", "all")
RATE_REQUESTS = float(os.environ.get("EVERYCALL_RATE_REQUESTS", "50"))
RATE_RECORDS = float(os.environ.get("EVERYCALL_RATE_RECORDS", "10000"))
"""How much a key may ask for, and send in, a second; ten times as much at once."""
RATE_KNOCKS = float(os.environ.get("EVERYCALL_RATE_KNOCKS", "200"))
"""How many messages one place of the net may post as a phone system in a second; ten times as many at once."""
PORT = int(os.environ.get("EVERYCALL_PORT", "8440"))

INSTALLED_APPS = [
    "everycall.records",
    "everycall.web.apps.Web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "everycall.web.measures.counted",
    "django.middleware.security.SecurityMiddleware",
    "everycall.web.guards.headers",
    "everycall.web.problems.speaking_json",
    "everycall.web.asked.readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "everycall.web.middleware.language.LanguageOfPerson",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "everycall.web.accounts.presence.attended",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "everycall.web.guards.SetUpFirst",
]

ROOT_URLCONF = "everycall.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "everycall.web.pages.frame",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get(VARIABLE, ""), DATA)}

AUTH_USER_MODEL = "records.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "everycall.web.accounts.log_in.LogIn"}
ACCOUNT_ADAPTER = "everycall.web.accounts.adapter.Adapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "now"
LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "everycall.web.accounts.second_factor.Adapter"
MFA_TOTP_ISSUER = "Everycall"
MFA_RECOVERY_CODES_SHOW_ONCE = True
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "everycall_counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Where tries to log in are counted: in the records, so that all processes count together."""

_HELD = ("__Secure-" if PATH else "__Host-") if HTTPS else ""
"""What browsers take as a promise: this cookie is of https, and of this host alone."""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HELD}sessionid", f"{_HELD}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # whoever works here logs in once a day
IDLE = timedelta(minutes=float(os.environ.get("EVERYCALL_IDLE", "120")))
"""A session ends when nobody was there for so long: asked for anything, or had a live page open; 0 for never."""
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = PATH or "/"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    64_000_000  # what is not a batch is refused before, see middleware/sizes.py
)

# a path that a proxy names is that of one request, and Django would keep the first
STATIC_URL = lazy(lambda: f"{get_script_prefix()}static/", str)()
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("he", "עברית"),
]
TEXTS = DATA / "texts"
"""Where the texts of all languages are made ready for reading."""
LOCALE_PATHS = [TEXTS]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = config(os.environ.get("EVERYCALL_LOG", "WARNING").upper())
