"""Deny by default: every route names one policy, this file only runs it.

A policy is a pure function `(viewer) -> bool` or `(viewer, subject) -> bool` of a feature's
`policy.py`. A subject that the viewer may not see answers 404, like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, g, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map

from app.core import typed
from app.core.errors import NotAllowed, NotFound

LARGEST_NUMBER = 2**31 - 1  # PostgreSQL's integer


class Role(StrEnum):
    """Roles given as rows (user, role, organisation, from, to). Holder, team member and referent
    are relations to one object, decided by the policy of its room."""

    COACH = "coach"
    MODERATOR = "moderator"
    COMMUNICATOR = "communicator"
    ORGANISATION_LEAD = "organisation_lead"
    NETWORK_LEAD = "network_lead"
    EXPERT = "expert"
    OBSERVER = "observer"
    TREASURER = "treasurer"
    PLATFORM_ADMIN = "platform_admin"


STAFF = frozenset({Role.COACH, Role.MODERATOR, Role.ORGANISATION_LEAD})


@dataclass(frozen=True)
class Viewer:
    """Who asks: `rights` are the (role, organisation id or None) pairs in force at this instant."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    rights: frozenset[tuple[Role, int | None]] = frozenset()
    second_factor_ok: bool = False  # signed in with a code beside the password

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    def has(self, *roles: Role, organisation_id: int | None = None) -> bool:
        """True when one of `roles` is held: in that organisation, or anywhere when None is given."""
        return any(role in roles and (organisation_id is None or at == organisation_id) for role, at in self.rights)

    def organisation_ids(self, *roles: Role) -> frozenset[int]:
        return frozenset(at for role, at in self.rights if role in roles and at is not None)

    @property
    def is_staff(self) -> bool:
        return self.has(*STAFF)

    @property
    def is_moderator(self) -> bool:
        return self.has(Role.MODERATOR, Role.ORGANISATION_LEAD)

    @property
    def is_coach(self) -> bool:
        return self.has(Role.COACH, Role.ORGANISATION_LEAD)

    @property
    def is_admin(self) -> bool:
        return self.has(Role.PLATFORM_ADMIN)


ANONYMOUS = Viewer()
Policy = Callable[..., bool]
View = Callable[..., ResponseReturnValue]
RightsLoader = Callable[[int], frozenset[tuple[Role, int | None]]]


def rights_now(user_id: int) -> frozenset[tuple[Role, int | None]]:
    """The rights in force, read once per request: what is given or ended acts at the next one."""
    known: dict[int, frozenset[tuple[Role, int | None]]] = g.setdefault("rights", {})
    if user_id not in known:
        load: RightsLoader = current_app.extensions["rights_loader"]
        known[user_id] = load(user_id)
    return known[user_id]


def viewer() -> Viewer:
    """The viewer of this request; nobody in a job or a command."""
    if not has_request_context():
        return ANONYMOUS
    if "viewer" not in g:
        g.viewer = ANONYMOUS
        if current_user.is_authenticated:
            g.viewer = Viewer(
                user_id=current_user.id,
                name=current_user.name,
                email=current_user.email,
                rights=rights_now(current_user.id),
                second_factor_ok=current_user.second_factor_ok,
            )
    found: Viewer = g.viewer
    return found


def anyone(_viewer: Viewer, _subject: object = None) -> bool:
    """The policy of public pages."""
    return True


def signed_in(viewer: Viewer, _subject: object = None) -> bool:
    return viewer.is_signed_in


def allow(policy: Policy, *, subject: Callable[..., Any] | None = None, public: bool = False) -> Callable[[View], View]:
    """Say who may open a route. Every route carries exactly one.

    `subject` loads the object from the URL's values (called with them as keywords); the view then
    receives that object as its only positional argument instead of the URL's values.
    Anonymous and refused → sign-in page for GET; signed in and refused → 404 with a subject, else 403;
    refused only for want of a second factor → the page where it is switched on.
    Anonymous and nothing there → the sign-in page too, or else a guessed address would tell what exists;
    `public`: a policy that lets visitors in, to whom a missing page is said to be missing.
    """
    says_missing = public or policy is anyone

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: object) -> ResponseReturnValue:
            who = viewer()
            if subject is None:
                if not policy(who):
                    return _refuse(who, policy)
                return view(**values)
            try:
                found = subject(**values)
            except NotFound:
                if says_missing or who.is_signed_in:
                    raise
                return _refuse(who, policy)
            if not policy(who, found):
                return _refuse(who, policy, found)
            return view(found)

        guarded.policy = policy  # type: ignore[attr-defined]  # read below and by the tests
        return guarded

    return mark


def _refuse(who: Viewer, policy: Policy, *subject: object) -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else url_for("pages.home")
    if not who.is_signed_in and (typed := _typed_in_an_ended_session()):
        return render_template("errors/signed_out.html", action=request.full_path.rstrip("?"), typed=typed), 403
    if not who.is_signed_in:
        return redirect(url_for("accounts.sign_in", next=target), 303)
    if policy(replace(who, second_factor_ok=True), *subject):
        return redirect(url_for("accounts.second_factor", next=target), 303)
    raise NotFound if subject else NotAllowed


SESSION_COOKIES = ("session", "__Host-session")  # as accounts.sessions names it, in development and in production


def _typed_in_an_ended_session() -> list[tuple[str, str]]:
    """The fields of a form sent by a browser whose session has ended meanwhile, to be given back: nothing typed is
    lost. Nothing is kept on our side; secrets are not given back. [] when no words were typed."""
    is_fetched = request.headers.get("X-Requested-With") == "fetch"
    # Signed out in another tab: no cookie is left, but the browser says that the form was ours. Another site's is not
    # given back: its words would need one click here to be sent.
    had_session = any(name in request.cookies for name in SESSION_COOKIES)
    is_ours = had_session or request.headers.get("Sec-Fetch-Site") == "same-origin"
    if request.method != "POST" or not is_ours or is_fetched:
        return []
    pairs = typed.pairs()
    return pairs if typed.words(pairs) else []


class RowNumber(IntegerConverter):
    """`<int:…>` in every route: a number that no row can have does not exist (404), on both databases."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **({"max": LARGEST_NUMBER} | kwargs))


def init_app(app: Flask, rights_loader: RightsLoader) -> None:
    app.extensions["rights_loader"] = rights_loader
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def refuse_nul() -> None:
        """PostgreSQL stores no NUL: an address that holds one leads nowhere, on both databases."""
        if "\0" in request.path or b"%00" in request.query_string:
            abort(404)

    @app.before_request
    def deny_by_default() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and request.endpoint != "static" and not hasattr(view, "policy"):
            abort(403)

    @app.context_processor
    def give_viewer() -> dict[str, object]:
        return {"viewer": viewer()}
