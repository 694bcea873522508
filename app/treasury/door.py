"""What create_app() knows of this room: its routes."""

from __future__ import annotations

from flask import Flask

from app.treasury import (
    approval_views,  # noqa: F401  # adds the pages of what waits for a second person
    campaign_views,  # noqa: F401  # adds the pages of one campaign
    ledger_views,  # noqa: F401  # adds the ledger as a file
    pledge_views,  # noqa: F401  # adds the pages of one contribution
)
from app.treasury.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
