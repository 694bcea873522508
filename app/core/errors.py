"""One family of refusals, a French sentence each, one page each, a reference number for all."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException
from wtforms import ValidationError

from app.core import typed
from app.core.database import is_twin
from app.core.links import local_path

log = structlog.get_logger()


class DomainError(Exception):
    """A rule said no. `message` is French and safe to show to anyone."""

    status = 422
    message = _l("Cette action n’est pas possible.")

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else str(self.message)


class NotFound(DomainError):
    """Unknown, or somebody else's: the answer is the same."""

    status, message = 404, _l("Cette page n’existe pas, ou plus.")


class NotAllowed(DomainError):
    status, message = 403, _l("Vous n’avez pas le droit de faire cela.")


class MoveNotAllowed(DomainError):
    status, message = 409, _l("Cette action n’est plus possible : la situation a changé.")


class TooManyTries(DomainError):
    """Errors of limits; `retry_after_seconds` goes into the header."""

    status, message = 429, _l("Trop d’essais en peu de temps. Attendez un peu, puis recommencez.")

    def __init__(self, retry_after_seconds: int = 60) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds

    @property
    def minutes(self) -> int:
        """Whole minutes after which one may try again, at least one."""
        return max(1, -(-self.retry_after_seconds // 60))

    def __str__(self) -> str:
        return str(
            ngettext(
                "Trop d’essais en peu de temps. Attendez %(num)s minute, puis recommencez.",
                "Trop d’essais en peu de temps. Attendez %(num)s minutes, puis recommencez.",
                self.minutes,
            )
        )


def reference() -> str:
    """The number of this request, shown on error pages and written in the log."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4).upper()
    return str(g.reference)


OWN_PAGES = {403, 404, 405, 409, 410, 413, 422, 429, 500, 503}


def _page(status: int, message: str) -> ResponseReturnValue:
    if request.path.endswith(".json"):
        return jsonify(error=message, reference=reference()), status
    name = str(status) if status in OWN_PAGES else ("generic" if status < 500 else "500")
    said: dict[str, object] = {"reference": reference(), "lost": typed.lost()}
    if status >= 500:  # without context processors: they ask the database who is looking
        return current_app.jinja_env.get_template(f"errors/{name}.html").render(**said), status
    is_old = status == 403 and _is_old_page()
    back = page_left() if status == 409 or is_old or said["lost"] else None
    return render_template(f"errors/{name}.html", message=message, back=back, is_old=is_old, **said), status


def _is_old_page() -> bool:
    """A button of ours whose page stood open longer than its token lives: nobody is refused, it is only late."""
    if request.method != "POST" or not g.get("comes_from_here"):
        return False
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except (ValidationError, HTTPException):
        return True
    return False


def page_left() -> str | None:
    """The page of ours whose button led here, when it opens by its address: there one sees how things stand now."""
    left = urlsplit(request.referrer or "")
    if f"{left.scheme}://{left.netloc}/" != request.host_url:
        return None
    try:
        current_app.create_url_adapter(request).match(left.path, method="GET")  # type: ignore[union-attr]  # in a request
    except (HTTPException, RoutingException):
        return None
    return local_path(f"{left.path}?{left.query}" if left.query else left.path)


def init_app(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> ResponseReturnValue:
        answer = app.make_response(_page(error.status, str(error)))
        if isinstance(error, TooManyTries):
            answer.headers["Retry-After"] = str(error.retry_after_seconds)
        return answer

    @app.errorhandler(StaleDataError)  # somebody saved the same row a moment before
    def overtaken(_: StaleDataError) -> ResponseReturnValue:
        return refused(MoveNotAllowed())

    @app.errorhandler(IntegrityError)  # of two who did the same at the same instant, the second
    def twin(error: IntegrityError) -> ResponseReturnValue:
        if not is_twin(error):
            return unexpected(error)
        log.warning("second_of_two", reference=reference(), endpoint=request.endpoint)
        return refused(MoveNotAllowed())

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or error.code is None or error.code < 400:
            return error
        return _page(error.code, "")

    @app.errorhandler(OperationalError)  # the database does not answer: say so, and let Stripe retry
    def database_away(error: OperationalError) -> ResponseReturnValue:
        log.error("database_unavailable", reference=reference(), kind=type(error.orig).__name__)
        answer = app.make_response(_page(503, ""))
        answer.headers["Retry-After"] = "60"
        return answer

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        log.error("unexpected_error", reference=reference(), kind=type(error).__name__, exc_info=True)
        return _page(500, "")
