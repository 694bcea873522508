"""Flask-Login over our own table: the cookie, who it belongs to, and when it stops working.

Flask's signed cookie cannot be revoked, so it only carries the form token and messages; the person
is found by a cookie of its own whose value is kept hashed on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Request, Response, current_app, g, request
from flask import session as visit
from flask_login import LoginManager, current_user
from sqlalchemy.exc import OperationalError

from app.accounts import queries, rules
from app.accounts import session_services as services
from app.accounts.models import UserState
from app.accounts.second_factor_rules import HALF_LIFE, PROOF_MINUTES, is_recent
from app.core import clock
from app.core.access import rights_now
from app.core.database import transaction


@dataclass(frozen=True)
class SignedIn:
    """The person of this request: plain values, so that no later commit or failure can unload them."""

    id: int
    name: str
    email: str
    locale: str
    session_id: int
    last_seen_at: datetime
    has_second_factor: bool = False
    second_factor_at: datetime | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def owes_code(self) -> bool:
        """The password was right and the code is still to come: until then nobody."""
        return self.has_second_factor and self.second_factor_at is None

    @property
    def second_factor_ok(self) -> bool:
        return self.has_second_factor and self.second_factor_at is not None

    def get_id(self) -> str:
        return str(self.id)


def cookie_name(app: Flask) -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it on plain http."""
    return "__Host-session" if app.config["SETTINGS"].is_production else "session"


def load(asked: Request) -> SignedIn | None:
    """Who this request is from. While the database is away: nobody, after the first error was told."""
    token = asked.cookies.get(cookie_name(current_app))
    if not token or g.get("sessions_unreadable"):
        return None
    try:
        found = _living(token)
    except OperationalError:
        g.sessions_unreadable = True
        raise
    g.cookie_is_dead = found is None
    if found is not None and found.owes_code:
        g.half_signed_in = found
        return None
    return found


def half_signed_in() -> SignedIn | None:
    """Who gave the password in this browser and owes the code; they have no right at all."""
    if current_user.is_authenticated:
        return None
    found: SignedIn | None = g.get("half_signed_in")
    return found


def _living(token: str) -> SignedIn | None:
    row = queries.find_session(token)
    if row is None or row.state != UserState.ACTIVE or row.email_verified_at is None:
        return None
    over = rules.session_is_over(
        created_at=row.created_at, last_seen_at=row.last_seen_at, expires_at=row.expires_at,
        is_staff=bool(rights_now(row.id)), at=clock.real_now(),
    )  # fmt: skip
    if over:
        return None
    return SignedIn(
        row.id, row.name, row.email, row.locale, row.session_id, row.last_seen_at,
        has_second_factor=row.factor_since is not None, second_factor_at=row.second_factor_at,
    )  # fmt: skip


def start(user_id: int, *, proved_at: datetime | None = None) -> bool:
    """Sign this browser in under a new id; what was signed in here before ends. False: a code is still owed.

    `proved_at`: when this person last gave a code in this browser, to go on with it. Call it outside any
    transaction. The form token changes too.
    """
    at, old = clock.real_now(), _here()
    owes_code = proved_at is None and queries.has_second_factor(user_id)
    with transaction():
        if old is not None:
            services.end_session(old.session_id, by=user_id, at=at)
        token = services.start_session(
            user_id, device=device_of(request.user_agent.string), at=at, second_factor_at=proved_at,
            life=HALF_LIFE if owes_code else rules.SESSION_LIFE,
        )  # fmt: skip
    g.new_session_token = token
    visit.clear()
    _forget_viewer()
    return not owes_code


def prove(session_id: int) -> None:
    """The right code was given in this browser: it goes on under a new id. Outside any transaction."""
    with transaction():
        g.new_session_token = services.prove_session(session_id, at=clock.real_now())


def proved_recently(minutes: int = PROOF_MINUTES) -> bool:
    """True when this browser gave a code of the second factor less than `minutes` ago."""
    if not current_user.is_authenticated or not current_user.second_factor_ok:
        return False
    return is_recent(current_user.second_factor_at, minutes=minutes, at=clock.real_now())


def _here() -> SignedIn | None:
    """Whoever this browser belongs to, signed in wholly or by half."""
    found: SignedIn | None = current_user if current_user.is_authenticated else g.get("half_signed_in")
    return found


def end() -> None:
    """Sign this browser out. Call it outside any transaction."""
    here = _here()
    if here is not None:
        with transaction():
            services.end_session(here.session_id, by=here.id, at=clock.real_now())
    g.cookie_is_dead = True
    visit.clear()
    _forget_viewer()


def _forget_viewer() -> None:
    for name in ("viewer", "rights", "_login_user", "half_signed_in"):
        g.pop(name, None)


def device_of(user_agent: str) -> str:
    """« Firefox, Linux »: enough to recognise one's own browsers, nothing to track anybody by."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for sign, name in signs if sign in user_agent), "") for signs in (browsers, systems)]
    return ", ".join(filter(None, found))


def init_app(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # its own cookie is not used
    manager.init_app(app)
    manager.request_loader(load)

    @app.before_request
    def see() -> None:
        """Read the session before the view opens a transaction, and say at most once a minute that it lives."""
        has_key = cookie_name(app) in request.cookies  # without one there is nobody to look for
        if not has_key or request.endpoint == "static" or not current_user.is_authenticated:
            return
        at = clock.real_now()
        if at - current_user.last_seen_at >= rules.SEEN_EVERY:
            with transaction():
                services.touch_session(current_user.session_id, at=at)

    @app.after_request
    def give_cookie(response: Response) -> Response:
        name, settings = cookie_name(app), app.config["SETTINGS"]
        token = g.get("new_session_token")
        if token:
            response.set_cookie(
                name, token, max_age=int(rules.SESSION_LIFE.total_seconds()),
                secure=settings.is_production, httponly=True, samesite="Lax",
            )  # fmt: skip
        elif g.get("cookie_is_dead") and name in request.cookies:
            response.delete_cookie(name, secure=settings.is_production, httponly=True, samesite="Lax")
        return response
