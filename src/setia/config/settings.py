"""The one settings file. Every value a firm may change comes from the environment and fails loudly when wrong.

`SETIA_HOME` (default `./var`) holds everything that is the firm's: database, uploads, logs, the secret key.
`DATABASE_URL` says which PostgreSQL to use; the command `setia` sets it to the private server's socket.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

HOME = Path(os.environ.get("SETIA_HOME", "var")).absolute()
PACKAGE = Path(__file__).resolve().parent.parent
# What the analytics compiles on first use is kept with the firm's data, also where the installation is read-only.
os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "cache" / "numba"))


def _flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name}={value!r}: use 1 or 0.")
    return value in {"1", "true", "yes"} if value else default


def _database(url: str) -> dict[str, Any]:
    """Django's database settings from a libpq address; a socket folder comes as `?host=/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme or 'nothing'}.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "setia",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.pop("port", None) or parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": os.environ.get("SETIA_TEST_DATABASE", "test_setia")},
    }


def _doors(name: str) -> frozenset[tuple[str, int]]:
    """Hosts with their ports, `erp.local:8080, 10.0.0.5:443`."""
    found = set()
    for one in filter(None, (part.strip() for part in os.environ.get(name, "").split(","))):
        host, _colon, port = one.rpartition(":")
        if not host or not port.isdecimal():
            raise ImproperlyConfigured(f"{name}={one!r}: write host:port, several with commas between them.")
        found.add((host.strip("[]").lower(), int(port)))
    return frozenset(found)


def _secret_key() -> str:
    """The firm's own key, made on first use and readable by its owner alone."""
    if given := os.environ.get("SETIA_SECRET_KEY"):
        return given
    path = HOME / "secret.key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)  # two starts at once: the first one's key stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = _flag("SETIA_DEBUG")
ALLOWED_HOSTS = os.environ.get("SETIA_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in {"*", ""}]
BASE_URL = os.environ.get("SETIA_URL", "http://127.0.0.1:8700").rstrip("/")  # for links made where no page asks
HTTPS = _flag("SETIA_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "setia.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "setia.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("SETIA_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "setia.core",
    "setia.accounts",
    "setia.customers",
    "setia.catalogue",
    "setia.orders",
    "setia.subscriptions",
    "setia.planning",
    "setia.sales",
    "setia.intake",
    "setia.portraits",
    "setia.service",
    "setia.reports",
    "setia.web",
    "setia.api",
    "setia.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "setia.web.middleware.FirmMiddleware",
    "setia.web.middleware.MeanwhileMiddleware",
    "setia.web.middleware.NewDayMiddleware",
    "setia.accounts.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "setia.config.urls"
WSGI_APPLICATION = "setia.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # every room's jinja2/ folder
        "OPTIONS": {
            "environment": "setia.web.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "setia.web.context.shell",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",  # what libraries bring
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "setia.web.forms.Renderer"

DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"postgresql:///setia?host={HOME}/postgres/run"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, str] = {}

# A direct address of the same database for news of changes, where DATABASE_URL names a pooler that passes none on.
NEWS_DATABASE_URL = os.environ.get("SETIA_NEWS_DATABASE_URL", "")
# How many pages are made at once, and how many people may watch a live page beside them; `setia up` says both. With no
# number of watchers, as under another web server, live pages ask now and then instead.
PAGES_AT_ONCE = int(os.environ.get("SETIA_PAGES_AT_ONCE") or 0)
WATCHERS = int(os.environ.get("SETIA_WATCHERS") or 0)

# Where webhooks may go although it is not https, or lies inside the firm's own network.
WEBHOOK_ALLOW = _doors("SETIA_WEBHOOK_ALLOW")
SETIA_LISTENERS = "setia.listeners.hear"  # who reacts to the outbox's events; core itself knows nobody
SETIA_CUSTOMER_KEYS = "setia.listeners.CUSTOMER_KEYS"  # which tables hold a customer's key, for merges

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "setia.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "setia.accounts.forms.SignInForm",
    "reset_password": "setia.accounts.forms.ForgotForm",
    "reset_password_from_key": "setia.accounts.forms.NewPasswordForm",
    "change_password": "setia.accounts.forms.ChangePasswordForm",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "welcome": "10/m/ip",
    "invitation": "10/m/ip",
    "invite": "60/h/user",
    "test_mail": "6/m/user",
    "ask_colleague": "20/h/user",
    "web_form": "10/m/ip,100/h/ip",
    "api_refused": "60/m/ip",
    "calendar_feed": "60/m/ip",
    "reauthenticate": "10/m/user",
    "change_email": "10/h/user",
    "confirm_email": "10/m/ip",
}
# The second step: an app's codes, recovery codes, passkeys. Secrets are sealed by `core.secrets` (the adapter).
MFA_ADAPTER = "setia.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off; a code still works once
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody comes in uninvited, so an address needs no proof of its own
MFA_FORMS = {"authenticate": "setia.accounts.door_forms.SecondStepForm"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # The counts that slow down guessing live here; a low limit would let a guesser flush them.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PROCRASTINATE_ON_APP_READY = "setia.core.jobs.on_app_ready"
DEFAULT_FROM_EMAIL = "setia@localhost"  # only where another backend takes the firm's place
EMAIL_BACKEND = os.environ.get("SETIA_EMAIL_BACKEND", "setia.core.mail.FirmBackend")

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SETIA_STATIC_ROOT", HOME / "static"))
# Collected and compressed by `setia up`; before that, and while developing, served where they lie in the package.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "made-from.txt").exists()
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # their addresses carry their content's mark
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "setia.web.storage.StaticStorage"},
}
# An upload of any size is streamed to disk, never held in memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = os.environ.get("SETIA_UPLOAD_TMP") or None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOG_FILE = os.environ.get("SETIA_LOG_FILE")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "setia.core.logs.LineFormatter"}},
    "handlers": {
        "main": (
            {
                "class": "logging.handlers.RotatingFileHandler",
                "filename": LOG_FILE,
                "maxBytes": 5_000_000,
                "backupCount": 5,
                "formatter": "line",
                "encoding": "utf-8",
            }
            if LOG_FILE
            else {"class": "logging.StreamHandler", "formatter": "line"}
        )
    },
    "root": {"handlers": ["main"], "level": os.environ.get("SETIA_LOG_LEVEL", "WARNING")},
    "loggers": {"setia": {"level": "INFO"}},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
