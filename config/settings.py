"""All settings, read from the environment (or var/duban.env, which ./scripts/run writes).

Every variable is described in docs/deploy.md.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DATA_DIR = Path(env.str("DUBAN_DATA_DIR", default=str(BASE_DIR / "var")))
env.read_env(str(DATA_DIR / "duban.env"))

DEBUG = env.bool("DUBAN_DEBUG", default=False)
# Embedded: one process serves the pages and runs the clock, on SQLite, without Redis.
EMBEDDED = env.bool("DUBAN_EMBEDDED", default=False)
DEMO = env.bool("DUBAN_DEMO", default=False)
# Whole years by which the demo's clock runs behind the real one; read by tasks_app.clock only.
CLOCK_SHIFT_YEARS = env.int("DUBAN_CLOCK_SHIFT_YEARS", default=0)
HTTPS = env.bool("DUBAN_HTTPS", default=False)
BASE_URL = env.str("DUBAN_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

SECRET_KEY = env.str("DUBAN_SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("请设置环境变量 DUBAN_SECRET_KEY（一串不公开的随机字符），见 docs/deploy.md。")
ALLOWED_HOSTS = env.list("DUBAN_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("DUBAN_CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "tasks_app.apps.TasksAppConfig",
    "tasks_app.apps.DubanAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_tables2",
]

MIDDLEWARE = [
    "tasks_app.web.shared.middleware.request_id",
    "tasks_app.web.shared.middleware.not_allowed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tasks_app.web.shared.middleware.kept_words",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tasks_app.web.shared.middleware.viewer",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tasks_app.web.shared.middleware.no_nul",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "tasks_app.web.shared.context.shell",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DUBAN_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'duban.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With SQLite's defaults concurrent writers fail with "database is locked"; with these they wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "tasks_app.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tasks_app.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
# Its pages know no Chinese; a new password from the administrator lifts a lock.
AXES_ENABLE_ADMIN = False

# --- Browser safety -------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "tasks_app.web.shared.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# HSTS for sub-domains and browsers' preload lists: promises about other sites of the domain, not ours to make.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A unit's month is one form: 140 tasks × about 12 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED or DEBUG
# Collected for production only; the embedded mode serves static/ in place.
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Evidence files: never served by address, only by the view that asks who may read them.
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FIXTURES_ROOT = BASE_DIR / "fixtures"

# --- Mail -----------------------------------------------------------------------------------
# In the demo nothing leaves the machine: mail is kept in the outbox table, readable on a page.
_mail = env.email_url("DUBAN_EMAIL_URL", default="dummymail://" if DEMO else "smtp://127.0.0.1:25")
vars().update(_mail)
if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    # Django's own backend would wait for ever for a server that sends one byte at a time.
    EMAIL_BACKEND = "tasks_app.outbox.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DUBAN_EMAIL_FROM", default="督办台账 <duban@localhost>")

# --- Other channels -------------------------------------------------------------------------
# Hosts that group robots may be reached at; robots are set up by people, so they name no other.
ROBOT_HOSTS = env.list("DUBAN_ROBOT_HOSTS", default=[])
# A text-message gateway: address and body with {number} and {text}; the answer contains SMS_OK when it worked.
SMS_URL = env.str("DUBAN_SMS_URL", default="")
SMS_BODY = env.str("DUBAN_SMS_BODY", default="number={number}&text={text}")
SMS_OK = env.str("DUBAN_SMS_OK", default="")
# /metrics answers requests from this machine, and from elsewhere those that carry this token.
METRICS_TOKEN = env.str("DUBAN_METRICS_TOKEN", default="")

# --- Jobs -----------------------------------------------------------------------------------
CELERY_BROKER_URL = "memory://" if EMBEDDED else env.str("DUBAN_REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_ALWAYS_EAGER = EMBEDDED
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_keepalive": True, "health_check_interval": 10}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

DJANGO_TABLES2_TEMPLATE = "django_tables2/duban.html"
FILTERS_EMPTY_CHOICE_LABEL = _("全部")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        # One line a tick is noise in an embedded run; failures still show.
        "celery": {"level": "WARNING"},
    },
}
