"""The only file that reads the environment. An odd value stops the start with a sentence instead of being guessed at."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that `<NAME>_FILE` names (secrets), or the default.

    Raises ImproperlyConfigured when there is none of the three.
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """« 1 » or « 0 », nothing else. Raises ImproperlyConfigured."""
    value = text(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured."""
    value = text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, default: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(default: Path) -> dict:
    """`DATABASE=postgres://user:password@host:port/name`, or an embedded SQLite file (docs/decisions/0002: WAL, FULL, IMMEDIATE)."""
    from urllib.parse import unquote, urlsplit

    address = urlsplit(text("DATABASE", f"sqlite:///{default}"))
    if address.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address.path.removeprefix("/") if address.path == "/:memory:" else address.path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if address.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": unquote(address.username or ""),
            "PASSWORD": unquote(address.password or ""),
            "HOST": address.hostname or "",
            "PORT": address.port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Compiling our nested questions takes PostgreSQL a second or more; answering them, a millisecond.
            "OPTIONS": {"options": "-c jit=off"},
        }
    raise ImproperlyConfigured(f"DATABASE must start with sqlite:/// or postgres://, not {address.scheme!r}.")
