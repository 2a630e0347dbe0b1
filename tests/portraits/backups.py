"""A backup and its restore, as an administrator makes them: SQLite's own file, or the copied rows on PostgreSQL."""

import sqlite3

from django.core.management import call_command
from django.db import connection

from portraits import triggers
from tests.conftest import put_back, rows


def take(folder):
    """The whole database as it is now; given to `restore` later."""
    if connection.vendor != "sqlite":
        return rows(connection)
    connection.ensure_connection()
    kept = folder / "backup.sqlite3"
    with sqlite3.connect(kept) as file:
        connection.connection.backup(file)
    file.close()
    return kept


def restore(kept):
    """The database is what it was then; the world has gone on."""
    if connection.vendor != "sqlite":
        triggers.remove(connection)
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        put_back(connection, kept)
        triggers.install(connection)
        return
    with sqlite3.connect(kept) as file:
        file.backup(connection.connection)
    file.close()
