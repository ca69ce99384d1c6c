"""Settings, driven by the environment; `.env.example` lists every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where are we? Production unless told otherwise: the strict side is the default.
EDC_ENVIRONMENT = env.str("EDC_ENVIRONMENT", default="production")
ENVIRONMENTS = ("production", "training", "development", "test")
if EDC_ENVIRONMENT not in ENVIRONMENTS:
    raise ImproperlyConfigured(f"EDC_ENVIRONMENT is {EDC_ENVIRONMENT!r}; choose one of {', '.join(ENVIRONMENTS)}.")
IS_PRODUCTION = EDC_ENVIRONMENT == "production"

INSECURE_SECRET = "not-a-secret-" + "0" * 50
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET)
DEBUG = env.bool("DEBUG", default=False)
if IS_PRODUCTION and (SECRET_KEY == INSECURE_SECRET or len(SECRET_KEY) < 50):
    raise ImproperlyConfigured("Set SECRET_KEY to a random text of at least 50 characters before a production start.")
if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG shows subject data in error pages: switch it off in production.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_celery_beat",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "trial_edc.accounts",
    "trial_edc.crf",
    "trial_edc.audit",
    "trial_edc.review",
    "trial_edc.casebook",
    "trial_edc.bench",
    "enrollment",
    "safety",
    "efficacy",
    "dosing",
    "reports",
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
    "django_otp.middleware.OTPMiddleware",
    "trial_edc.accounts.middleware.SessionTimeoutMiddleware",
    "trial_edc.accounts.middleware.SignInRequiredMiddleware",
    "trial_edc.accounts.middleware.PasswordChangeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trial_edc.accounts.middleware.UserErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "trial_edc.urls"
WSGI_APPLICATION = "trial_edc.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trial_edc.casebook.navigation.page_frame",
            ],
        },
    }
]

# --- Stores
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://edc_app@127.0.0.1:5432/edc")}
DATABASES["default"].update(ENGINE="django.db.backends.postgresql", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="edc_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# --- The queue. A save must never wait for a queue that is down: publishing fails fast, and the timetable finds
# the work again.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "find-stale-results": {"task": "dosing.tasks.find_stale_results", "schedule": 15.0},
    "find-abandoned-jobs": {"task": "reports.tasks.find_abandoned_jobs", "schedule": 30.0},
    "find-waiting-files": {"task": "safety.tasks.find_waiting_files", "schedule": 30.0},
    "tell-people": {"task": "trial_edc.casebook.tasks.tell_people", "schedule": 20.0},
    "settle-casebooks": {"task": "trial_edc.casebook.tasks.settle_casebooks", "schedule": 15.0},
}

# --- E-mail: notices without clinical values; written to the log unless a server is named.
EMAIL_URL = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_URL)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="edc@localhost")
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")

# --- People
AUTH_USER_MODEL = "accounts.User"
# Unique without regard to case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
IDLE_MINUTES = env.int("IDLE_MINUTES", default=15)
AXES_FAILURE_LIMIT = 5
AXES_LOCK_OUT_AT_FAILURE = True
AXES_COOLOFF_TIME = 0.5  # hours; an administrator can unlock earlier
# Locking the pair, not the name alone: nobody can lock another person (or the only administrator) out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# "Monitor" and "monitor" are one person, also while the failures are counted.
AXES_USERNAME_CALLABLE = "trial_edc.accounts.sessions.counted_name"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "trial_edc.casebook.views.session.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)

OTP_TOTP_ISSUER = "Trial EDC"  # what an authenticator application shows above the code

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Transport
EDC_TLS = env.bool("EDC_TLS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = EDC_TLS
SECURE_SSL_REDIRECT = EDC_TLS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if EDC_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = EDC_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if EDC_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Language and time: clinical days are counted in the trial's zone, instants are stored in UTC.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "trial_edc" / "locale"]
USE_I18N = True
USE_TZ = True
TRIAL_TIME_ZONE = env.str("TRIAL_TIME_ZONE", default="Asia/Shanghai")
TIME_ZONE = TRIAL_TIME_ZONE

# --- Pages
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files live in the database as records
    "staticfiles": {"BACKEND": _PLAIN if EDC_ENVIRONMENT in ("test", "development") else _MANIFEST},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = ("edc", "bootstrap5")
CRISPY_TEMPLATE_PACK = "edc"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
