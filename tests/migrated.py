"""The migrated database, made once for every process of the suite and kept until a source changes.

Migrating costs half a minute of processor; copying a file, nothing. The copy's name is a hash of all that a migration reads:
the migrations, the modules of ours that they import, and the texts that are written once (SEEDED). What follows every
migration is done again on the copy, as on a city's server: there is nothing left to migrate.
"""

import fcntl
import re
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from django.conf import settings

KEPT = settings.BASE_DIR / "var" / "migrated"
ROOMS = ("intranet", "home", "infolettre", "ecrans", "portraits")
SEEDED = ("portraits/notices.py", "intranet/roles.py")
_OURS = re.compile(rf"^(?:from|import) ((?:{'|'.join(ROOMS)})[.\w]*)(?: import (\w+))?", re.MULTILINE)


def key() -> str:
    """A hash of the migrations, of what they rest on, and of the versions that are pinned."""
    base = settings.BASE_DIR
    migrations = [path for room in ROOMS for path in (base / room / "migrations").glob("*.py")]
    rests_on = {base / "requirements.txt", Path(__file__), *(base / name for name in SEEDED)}
    for path in migrations:
        for module, name in _OURS.findall(path.read_text()):
            stem = base / module.replace(".", "/")
            rests_on |= {one for one in (stem.with_suffix(".py"), stem / f"{name}.py") if one.is_file()}
    seen = sha256(settings.DATABASES["default"]["ENGINE"].encode())
    for path in sorted(rests_on | set(migrations)):
        seen.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()[:16]


class Turn:
    """One process at a time: the first one migrates, the others start from what it kept.

    `database` is the setting: its test database is made a copy of the kept one, where there is one.
    """

    def __init__(self, database: dict):
        KEPT.mkdir(parents=True, exist_ok=True)
        self._lock = (KEPT / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._way = File(database) if database["ENGINE"].endswith("sqlite3") else Template(database)
        self._found = self._way.take(key())

    def end(self, connection) -> None:
        """The database is migrated: kept for the others if it is the first, and the next process may go on."""
        if not self._found:
            self._way.keep(key(), connection)
        self._lock.close()


class File:
    """SQLite: a file is copied. What older sources gave is forgotten."""

    def __init__(self, database: dict):
        self.name = database["TEST"]["NAME"]

    def take(self, key: str) -> bool:
        kept = KEPT / f"{key}.sqlite3"
        if kept.exists():
            shutil.copyfile(kept, self.name)
        return kept.exists()

    def keep(self, key: str, connection) -> None:
        for old in KEPT.glob("*.sqlite3"):
            old.unlink()
        connection.ensure_connection()
        with closing(sqlite3.connect(KEPT / "draft")) as copy:
            connection.connection.backup(copy)
        (KEPT / "draft").rename(KEPT / f"{key}.sqlite3")


class Template:
    """PostgreSQL: a database is copied by the server. They go with the services (.ci/services)."""

    def __init__(self, database: dict):
        self.database = database

    def take(self, key: str) -> bool:
        with self._server() as server:
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"migrated_{key}"]).fetchone()
        if found:
            self.database["TEST"]["TEMPLATE"] = f"migrated_{key}"
        return bool(found)

    def keep(self, key: str, connection) -> None:
        connection.close()  # nobody may be connected to what is copied
        with self._server() as server:
            server.execute(f'CREATE DATABASE "migrated_{key}" TEMPLATE "{connection.settings_dict["NAME"]}"')

    def _server(self):
        """A connection to the server's own database, outside any transaction."""
        import psycopg

        reach = {name.lower(): self.database[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
        return psycopg.connect(dbname="postgres", autocommit=True, **reach)
