"""PostgreSQL: its own `pg_dump` under a shared snapshot, and `pg_restore` through one transaction of `psql`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import inspect, text

from app.core.database import db
from app.upkeep.disk import new_file
from app.upkeep.errors import UpkeepRefused
from app.upkeep.queries import VERSIONS, count, facts_of
from app.upkeep.rules import Facts, major_version

PACKAGED = Path("/usr/lib/postgresql")  # where Debian and Ubuntu keep each version's programs
FORMER = "before_restore"
GOODBYE_SECONDS = 2.0  # a client that has just ended is seen a moment longer
HOW_TO_INSTALL = "Install the client programs of that version (Debian: apt install postgresql-client)."


class PostgresSide:
    """One database of a server. See `databases.Side` for what each method promises."""

    kind = "postgresql"

    def __init__(self, name: str):
        self.name = name

    def version(self) -> str:
        with db.engine.connect() as connection:
            return str(connection.execute(text("SHOW server_version")).scalar())

    def copy_to(self, path: Path) -> Facts:
        tool = find_tool("pg_dump", major_version(self.version()))
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar())
            found = facts_of(connection)
            words = [
                tool, "--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={FORMER}",
                f"--snapshot={snapshot}", "--dbname", _address(),
            ]  # fmt: skip
            with new_file(path) as out:
                done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, env=_environment(), check=False)
        _check(done, "pg_dump")
        return found

    def row_count(self) -> int:
        with db.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            return sum(count(connection, name) for name in tables if name != VERSIONS)

    def in_use(self) -> str:
        db.session.remove()
        db.engine.dispose()
        until = time.monotonic() + GOODBYE_SECONDS
        while (others := self._others()) and time.monotonic() < until:
            time.sleep(0.1)
        return f"{others} other connections to the database {self.name}" if others else ""

    def _others(self) -> int:
        asked = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with db.engine.connect() as connection:
            return int(connection.execute(asked).scalar() or 0)

    def put(self, path: Path) -> None:
        server = major_version(self.version())
        pg_restore, psql = find_tool("pg_restore", server), find_tool("psql", server)
        with db.engine.connect() as connection:
            if FORMER in inspect(connection).get_schema_names():
                raise UpkeepRefused(
                    "A restore was cut before its checks were done: what was there before it is in the schema "
                    f"{FORMER} of {self.name}. To go on: DROP SCHEMA {FORMER} CASCADE. To undo that restore (both "
                    f"programs stopped): DROP SCHEMA public CASCADE, then ALTER SCHEMA {FORMER} RENAME TO public."
                )
        address, environment = _address(), _environment()
        with tempfile.TemporaryDirectory(prefix="graine-restore-") as folder:  # mode 0700
            script = Path(folder) / "restore.sql"
            made = subprocess.run(
                [pg_restore, "--no-owner", "--no-privileges", "--file", script, path],
                capture_output=True, env=environment, check=False,
            )  # fmt: skip
            _check(made, "pg_restore")
            done = subprocess.run(
                [psql, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--dbname", address,
                 "--command", f"ALTER SCHEMA public RENAME TO {FORMER}", "--command", "CREATE SCHEMA public",
                 "--file", script],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False,
            )  # fmt: skip
        _check(done, "psql")

    def put_back(self) -> None:
        _run("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {FORMER} RENAME TO public")

    def forget_former(self) -> None:
        _run(f"DROP SCHEMA IF EXISTS {FORMER} CASCADE")


def _run(*statements: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL client_min_messages = warning"))
        for statement in statements:
            connection.execute(text(statement))


def _address() -> str:
    """The server and the database as DATABASE_URL says, without the password, which never stands on a command line."""
    from psycopg.conninfo import make_conninfo  # an installation on SQLite never loads it

    url = db.engine.url
    given = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    more = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    return make_conninfo("", **{name: value for name, value in {**given, **more}.items() if value is not None})


def _environment() -> dict[str, str]:
    password = db.engine.url.password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _check(done: subprocess.CompletedProcess[bytes], name: str) -> None:
    if done.returncode:
        raise UpkeepRefused(f"{name} gave up: {done.stderr.decode('utf-8', 'replace').strip()}")


def places(packaged: Path = PACKAGED) -> list[str]:
    """Where the programs may be: the PATH, then the packaged versions, the newest first."""
    folders = sorted(packaged.glob("*/bin"), key=lambda path: major_version(path.parent.name), reverse=True)
    return [os.environ.get("PATH", os.defpath), *map(str, folders)]


def find_tool(name: str, server: int, where: Iterable[str] | None = None) -> str:
    """The path of a client program at least as new as the server. Errors: UpkeepRefused, with what to install."""
    newest = 0
    for place in places() if where is None else where:
        found = shutil.which(name, path=place)
        if found is None:
            continue
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        version = major_version(said.stdout)
        if version >= server:
            return found
        newest = max(newest, version)
    if newest:
        raise UpkeepRefused(f"{name} is of version {newest}, older than the server ({server}). {HOW_TO_INSTALL}")
    raise UpkeepRefused(f"{name} is not on this machine; the server is of version {server}. {HOW_TO_INSTALL}")
