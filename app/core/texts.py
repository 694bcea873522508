"""Settings and texts that the administrator edits: a key, a value, a version; each change journalled."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db
from app.core.journal import record

DEFAULTS: dict[str, str] = {
    # what a page says is missing until the operator fills it: no invented facts
    "publisher_name": "", "publisher_form": "", "publisher_address": "", "publisher_email": "", "publisher_phone": "",
    "publication_director": "", "host_name": "", "host_address": "", "orias_number": "", "mediator": "",
    "wind_down_partner": "",  # who finishes what is under way if the platform stops, by contract
    "payment_partner": "", "payment_licence": "",  # who holds and moves the money, and who allowed it to
    "complaints_contact": "", "complaints_delay": "",  # to whom one complains, and how long each answer takes
    "contract_law": "",  # of the model contract: the law that governs it, the court
    "contact_email": "", "platform_fee_bps": "", "announcement": "",
}  # fmt: skip


class SiteText(Model):
    """One edited value. `key` is one of DEFAULTS."""

    __tablename__ = "site_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


def all_texts() -> dict[str, str]:
    """Every key with its value; "" when the operator has not set it."""
    stored = {row.key: row.value for row in db.session.execute(select(SiteText.key, SiteText.value))}
    return {key: stored.get(key, default) for key, default in DEFAULTS.items()}


def platform_fee_bps() -> int:
    """The rate in force for campaigns submitted now, in basis points: the edited one, else the setting."""
    stored = db.session.scalar(select(SiteText.value).where(SiteText.key == "platform_fee_bps"))
    return int(stored) if stored else int(current_app.config["SETTINGS"].platform_fee_bps)


def set_text(key: str, value: str, *, by: int, at: datetime) -> None:
    """Change one value; the caller commits. Errors: KeyError on an unknown key."""
    DEFAULTS[key]
    row = db.session.scalar(select(SiteText).where(SiteText.key == key))
    if row is None:
        row = SiteText(key=key, value=value, changed_at=at)
        db.session.add(row)
    else:
        row.value, row.changed_at = value, at
    db.session.flush()
    record("text.changed", on=row, by=by, at=at, key=key)
