"""A developer's machine and the demo: everything embedded, nothing to configure, nothing leaves the machine."""

from .base import *
from .base import LOGGING, STATIC_ROOT, STORAGES, VAR, env

SECRET_KEY = env.text("SECRET_KEY", "only-for-a-machine-that-nobody-else-can-reach")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
DEMO = True
DEMO_MAILBOX = VAR / "courriel"
EMAIL_PORT = env.number("EMAIL_PORT", 2525)
SMS_BACKEND = env.text("SMS_BACKEND", "intranet.demo.mailbox.keep_text")  # read in /demo/courriel/
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# SQLite makes its file, not its folder (VAR), and WhiteNoise misses this one.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
LOGGING = LOGGING | {
    "loggers": LOGGING["loggers"]
    | {
        "mail.log": {"level": "WARNING"},  # the demo's SMTP server tells every word it hears
        "kombu.connection": {"level": "ERROR"},  # a broker made of folders has no host name
        "django_tasks": {"level": "WARNING"},
    }
}
