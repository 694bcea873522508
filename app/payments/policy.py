"""Who may open what in this room."""

from __future__ import annotations

from app.core.access import anyone, signed_in

may_notify = anyone  # the signature is checked inside
may_open_account = signed_in
