"""The one name under which every address of this room is known: `campaigns.…`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("campaigns", __name__)
