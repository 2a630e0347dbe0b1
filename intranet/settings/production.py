"""A city's servers: secrets from the environment or files, HTTPS only. See docs/deploy.md."""

from .base import *
from .base import WAGTAILADMIN_BASE_URL, env

SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", env.text("ALLOWED_HOSTS"))
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]
DEMO = False
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 8 * 3600
