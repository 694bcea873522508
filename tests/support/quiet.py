"""What a test that rings every bell of the worker does without."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job

SLOW = ("curves",)  # a second a picture, in a process of its own: tests/desk draws them
FAR_FROM_MONEY = {"coaching", "dropins", "threads", "following", "desk"}  # rooms whose jobs never ask Stripe, nor book


def leave_pictures_out(app: Flask) -> None:
    app.extensions["jobs"] = [job for job in app.extensions["jobs"] if job.name not in SLOW]


def money_jobs(app: Flask) -> list[Job]:
    """The bells of the worker, but for those of rooms that know nothing of money; in their order."""
    return [job for job in app.extensions["jobs"] if job.run.__module__.split(".")[1] not in FAR_FROM_MONEY]
