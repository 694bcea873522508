"""A platform on a PostgreSQL server of its own, that keeps what it commits, and `pgbench` beside it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import create_app
from app.core.database import db, enable_migrations
from bench.registry import CannotMeasure
from config import Settings
from tests.conftest import build_schema
from tests.support.postgres import HOW_TO_INSTALL, Cluster, find_binaries, start_cluster

# The tests switch durability off; a share of pgbench's rate means something only with it.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


@dataclass(frozen=True)
class Postgres:
    app: Flask
    cluster: Cluster
    pgbench: Path
    folder: Path

    def transactions_per_second(self, script: str, *, clients: int, seconds: int) -> float:
        """What pgbench reaches with these statements, by itself. Errors: AssertionError with its words."""
        file = self.folder / "script.sql"
        file.write_text(script, "utf-8")
        words = [str(self.pgbench), "-n", "-f", str(file), "-c", str(clients), "-j", "1", "-T", str(seconds)]
        ran = subprocess.run(
            [*words, "-h", str(self.cluster.folder), "-U", "postgres", "postgres"],
            capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip
        found = re.search(r"^tps = ([\d.]+)", ran.stdout, re.M)
        assert found, ran.stdout + ran.stderr
        return float(found[1])


def find_pgbench() -> Path:
    """Errors: CannotMeasure."""
    binaries = find_binaries()
    beside = binaries / "pgbench" if binaries else None
    on_path = shutil.which("pgbench")
    if binaries is None or not (on_path or (beside and beside.exists())):
        raise CannotMeasure(f"PostgreSQL and pgbench are needed: {HOW_TO_INSTALL}")
    return Path(on_path) if on_path else binaries / "pgbench"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A fresh platform; its forms ask for no token. Errors: CannotMeasure."""
    pgbench = find_pgbench()
    # On the disk, where a commit costs what it costs; short, because the path of a socket may have 107 characters.
    cluster = start_cluster(Path(tempfile.mkdtemp(prefix="bench-pg-")), **DURABLE)
    try:
        app = create_app(
            Settings.from_env(
                {
                    "APP_ENV": "test", "SECRET_KEY": "only-for-the-bench-0123456789-abcdefghijkl",
                    "DATABASE_URL": cluster.url, "STORAGE_URL": f"file://{folder / 'files'}", "ARGON2_CHEAP": "1",
                    "LOG_LEVEL": "WARNING",
                }
            )
        )  # fmt: skip
        app.config["WTF_CSRF_ENABLED"] = False
        enable_migrations(app)
        with app.app_context():
            build_schema()
        loaded = app.test_cli_runner().invoke(args=["network", "load"])
        assert loaded.exit_code == 0, loaded.output
        yield Postgres(app, cluster, pgbench, folder)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        cluster.stop()
