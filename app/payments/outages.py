"""Times at which nobody could pay: the worker stood still, or Stripe gave no answer. No repair window runs then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model


class Outage(Model):
    """`began_at`, `ended_at`: real time. `lost_seconds` lengthen the windows open at `noted_at` (platform time)."""

    __tablename__ = "outages"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # worker, stripe
    began_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    lost_seconds: Mapped[int] = mapped_column(default=0)
    noted_at: Mapped[datetime | None] = mapped_column(index=True)
