"""Settings shared by every environment. `env.py` alone reads the environment; `production.py` adds what a city needs."""

from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from . import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(env.text("VAR", str(BASE_DIR / "var")))  # everything this installation writes

INSTALLED_APPS = [
    "intranet",
    "home",
    "infolettre",
    "ecrans",
    "portraits",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "intranet.policy.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "intranet.freshness.Freshness",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "intranet.language.FrenchVariesOnNothing",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "intranet.behind.TryAgainShortly",
]
ROOT_URLCONF = "intranet.urls"
WSGI_APPLICATION = "intranet.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "intranet" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portraits.brand.context",
            ],
        },
    }
]

SECRET_KEY = env.text("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "")
DATABASES = {"default": env.database(VAR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "intranet.User"
LOGIN_URL = "connexion"
LOGIN_REDIRECT_URL = "intranet"
LOGOUT_REDIRECT_URL = "/"

# Languages: French first, everywhere. The unprefixed addresses are French, /en/ is English.
LANGUAGE_CODE = "fr-ca"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("fr-ca", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr-ca", "Français"), ("en", "English")]
FORMAT_MODULE_PATH = "intranet.formats"
TIME_ZONE = "America/Toronto"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    # Photographs of people have no address: url() raises, and only the gated view reads the file.
    "default": {"BACKEND": "portraits.storage.WithoutUrl", "OPTIONS": {"location": VAR / "private"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Content policy (django-csp 4). Public pages: no inline, no third party. Wagtail's editor needs inline scripts: see intranet/policy.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "intranet.views.csrf_failure"

# Wagtail
WAGTAIL_SITE_NAME = "Je travaille pour vous !"
WAGTAILADMIN_USER_LOGIN_FORM = "intranet.signin.StaffSignIn"
WAGTAILADMIN_BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000")
WAGTAILIMAGES_IMAGE_MODEL = "home.Illustration"
WAGTAIL_FINISH_WORKFLOW_ACTION = "portraits.finish.finish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False  # those who may read are called, nobody else
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = (
    False  # an account’s address is its administrator’s; its names: intranet/wagtail_hooks.py
)
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS = []  # no third-party request: nothing is embedded from elsewhere
TAGGIT_CASE_INSENSITIVE = True

# Mail. Whatever Django or Wagtail sends becomes a row (Letter); the worker talks SMTP, outside any transaction.
EMAIL_BACKEND = "intranet.mail.Rows"
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Je travaille pour vous <bonjour@erables.example>")
STAFF_DOMAINS = env.words("STAFF_DOMAINS", parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])  # of work addresses

# Text messages: rows too (Text); the worker calls this function with a number and a body (portraits/texting.py).
SMS_BACKEND = env.text("SMS_BACKEND", "portraits.texting.console")

# Celery is the bell, rows are the queue (docs/decisions/0002): no task carries state.
CELERY_BROKER_URL = env.text("BROKER", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "broker" / "beat")
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 5)  # how often beat looks for duties whose bell was lost
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker" / "queue"),
        "data_folder_out": str(VAR / "broker" / "queue"),
        "control_folder": str(VAR / "broker" / "control"),
        "store_processed": False,
    }

# Consent
CONSENT_DAYS = env.number("CONSENT_DAYS", 365)  # default term; the database refuses more than 731 days
CONSENT_ANSWER_DAYS = env.number("CONSENT_ANSWER_DAYS", 21)  # how long a request waits for an answer; 30 at most
REMINDER_DAYS = (env.number("FIRST_REMINDER_DAYS", 7), env.number("SECOND_REMINDER_DAYS", 14))  # after the question
RENEWAL_DAYS = env.number("RENEWAL_DAYS", 30)  # before a yes ends, its person is asked whether to go on; 30 at most
RETENTION_DAYS = env.number("RETENTION_DAYS", 30)  # after the last yes ended, the photo and the words are erased
PROOF_OF_WORK = env.flag("PROOF_OF_WORK")  # whether whoever says thank you pays with a second of their browser
EVIDENCE_YEARS = env.number("EVIDENCE_YEARS", 5)  # after what it proves ended, a signed sheet is erased
LEDGER_COPY = env.text(
    "LEDGER_COPY", str(VAR / "ledger" / "ledger.jsonl")
)  # outside the database; empty: none, no guard
HOLIDAYS = env.text("HOLIDAYS", "CA-QC")  # whose public holidays are no working days (portraits/workdays.py)
SCREEN_POLL_SECONDS = env.number("SCREEN_POLL_SECONDS", 4)  # a withdrawal reaches a screen within 6 s

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"no_token": {"()": "intranet.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_token"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "propagate": False}},  # its own handler shows tokens
}
