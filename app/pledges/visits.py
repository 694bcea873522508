"""How a visitor reaches a promise: by the key of a link, or by account. Shared by every page about one promise."""

from __future__ import annotations

from flask import request, url_for

from app.core.access import viewer
from app.core.database import db
from app.pledges import queries
from app.pledges.errors import LinkDead
from app.pledges.keys import opens
from app.pledges.models import Pledge
from app.pledges.policy import Visit


def visit(public_id: str) -> Visit:
    """The pledge of a URL, and whether its key is good. Errors: NotFound, LinkDead."""
    pledge, key = queries.get_by_public_id(public_id), request.args.get("cle", "")[:300]
    has_key = bool(key) and opens(key, pledge.public_id)
    if key and not has_key and not viewer().is_signed_in:
        raise LinkDead
    return Visit(pledge, has_key, key if has_key else "")


def back_to(at_door: Visit, endpoint: str = "pledges.show") -> str:
    """Another page of the same pledge, with the key that the visitor came with."""
    return url_for(endpoint, public_id=at_door.pledge.public_id, cle=at_door.key or None)


def fresh(pledge_id: int) -> Pledge:
    """The row as it is now, after other transactions."""
    return db.session.get_one(Pledge, pledge_id, populate_existing=True)
