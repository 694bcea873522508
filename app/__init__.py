"""The application: the only file that knows every feature."""

from __future__ import annotations

import os
from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import access, assets, database, errors, forms, headers, i18n, jobs, links, logs, storage
from config import ROOT, Settings

FEATURES = (
    "payments", "accounts", "network", "coaching", "dropins", "campaigns",
    "pledges", "settlement", "threads", "following", "desk",
    "moderation", "treasury", "upkeep", "reporting", "pages",
)  # fmt: skip
MAX_BODY_BYTES = 16 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app. Errors: config.BadSetting when a setting is missing, weak or dangerous."""
    settings = settings or Settings.from_env(os.environ)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SETTINGS=settings,
        ROOT=ROOT,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # what people typed must not reach a log
            "pool_use_lifo": True,  # the same few connections serve: the others stay small, and may close
        },
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="visite",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_production,
        SIGNED_ENDPOINTS={"payments.webhook"},  # a signature is their login and their token
        FRAMED_ENDPOINTS={"campaigns.widget"},  # other sites may show them in a frame
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        PREFERRED_URL_SCHEME="https" if settings.is_production else "http",
        TESTING=settings.env == "test",
        PROPAGATE_EXCEPTIONS=False,
    )
    if settings.is_production:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]  # Flask documents this assignment
    for part in (database, logs, errors, i18n, forms, storage, assets, headers, links):
        part.init_app(app)
    from app.network.queries import rights_of
    from app.payments import dispatch

    access.init_app(app, rights_of)
    rings: list[jobs.Job] = []
    for feature in FEATURES:
        door = import_module(f"app.{feature}.door")
        with app.app_context():  # the tables of handlers belong to this app
            door.init_app(app)
        rings += getattr(door, "JOBS", [])
    jobs.init_app(app, rings)
    with app.app_context():
        dispatch.check()  # a call to Stripe whose result nobody would hear must fail here
    return app
