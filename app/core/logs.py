"""Structured logs on standard error: one JSON line an event, without personal data."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def configure(level: str = "INFO") -> None:
    """Once a process. Only named fields are written; requests are logged by endpoint, never by URL."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    configure(app.config["SETTINGS"].log_level)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint != "static":
            took = time.perf_counter() - g.get("started", time.perf_counter())
            log.info(
                "request", method=request.method, endpoint=request.endpoint, status=response.status_code,
                ms=round(took * 1000, 1), reference=g.get("reference"),
            )  # fmt: skip
        return response
