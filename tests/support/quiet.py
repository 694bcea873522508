"""What a test that rings every bell of the worker does without."""

from __future__ import annotations

from flask import Flask

SLOW = ("curves",)  # a second a picture, in a process of its own: tests/desk draws them


def leave_pictures_out(app: Flask) -> None:
    app.extensions["jobs"] = [job for job in app.extensions["jobs"] if job.name not in SLOW]
