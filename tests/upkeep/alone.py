"""A platform with its database, its Stripe and its mail box, outside pytest: for programs that print figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import flask_migrate

from app import create_app
from app.core.database import db, enable_migrations
from config import ROOT, Settings
from tests.fake_stripe.process import start_fake_stripe
from tests.support.databases import Database, PostgresDatabase, SqliteDatabase
from tests.support.mailbox import Mailbox
from tests.support.ports import free_port
from tests.support.postgres import start_cluster
from tests.support.quiet import leave_pictures_out
from tests.support.scene import Scene
from tests.upkeep.elsewhere import Elsewhere


@contextmanager
def standing(kind: str, folder: Path) -> Iterator[tuple[Scene, Elsewhere]]:
    """`kind`: sqlite or postgresql; everything is gone afterwards."""
    cluster = start_cluster() if kind == "postgresql" else None
    database: Database = PostgresDatabase(cluster.url, "drills") if cluster else SqliteDatabase(folder)
    files = folder / "files"
    settings = Settings.from_env(
        {
            "APP_ENV": "test", "PUBLIC_URL": "http://127.0.0.1:8000", "ARGON2_CHEAP": "1", "LOG_LEVEL": "CRITICAL",
            "SECRET_KEY": "only-for-drills-0123456789-abcdefghijklmn", "DATABASE_URL": database.url,
            "STRIPE_SECRET_KEY": "sk_test_local_tests", "STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",
            "STORAGE_URL": f"file://{files}", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(free_port()),
        }
    )  # fmt: skip
    stripe = start_fake_stripe(folder, urlsplit(settings.stripe_api_base).port or 0)
    mailbox = Mailbox(settings.smtp_port)
    mailbox.start()
    app = create_app(settings)
    mailbox.app = app
    enable_migrations(app)
    leave_pictures_out(app)
    elsewhere = Elsewhere(settings, folder)
    try:
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        assert app.test_cli_runner().invoke(args=["network", "load"]).exit_code == 0
        yield Scene(app, stripe, mailbox), elsewhere
    finally:
        elsewhere.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        mailbox.stop()
        stripe.stop()
        database.close()
        if cluster:
            cluster.stop()
