"""The suite: a real database (SQLite unless DATABASE names another), a temporary folder for files, fast passwords."""

import tempfile

from .base import *
from .base import DATABASES, LOGGING, STORAGES, Path, env

VAR = Path(tempfile.mkdtemp(prefix="jtpv-tests-"))
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DEMO = True
DEMO_MAILBOX = VAR / "courriel"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {**STORAGES["default"], "OPTIONS": {"location": VAR / "private"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}  # a file: threads and processes share it
    DATABASES["default"]["CONN_MAX_AGE"] = 0
CELERY_BROKER_URL = env.text("BROKER", "filesystem://")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(VAR / "queue"),
        "data_folder_out": str(VAR / "queue"),
        "control_folder": str(VAR / "control"),
    }
    if CELERY_BROKER_URL == "filesystem://"
    else {}
)
LEDGER_COPY = ""  # tests/portraits/test_witness.py and test_restore.py keep one of their own
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
for _noisy in ("wagtail", "django_tasks", "portraits", "django.request"):
    LOGGING.setdefault("loggers", {})[_noisy] = {"level": "CRITICAL" if _noisy == "django.request" else "WARNING"}
