"""Assembly: settings, addresses, accounts, roles, health. Knows all; nobody imports it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
