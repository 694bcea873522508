"""Proofs that somebody reads the mail of an address that was typed in the public form: signed, no row is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.request_models import CoachingRequest
from app.core.database import db
from app.core.links import external_url

LASTS = timedelta(days=90)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="coaching request")


def link(request: CoachingRequest) -> str:
    """The page of a request, for the mail to its address; with the proof as long as one is asked for."""
    if not request.person.is_unconfirmed:
        return external_url("requests.asked", key=request.key)
    proof = str(_signer().dumps([request.key, request.person.email]))
    return external_url("requests.asked", key=request.key, preuve=proof)


def is_proof(request: CoachingRequest, proof: str) -> bool:
    """True for what was mailed to the address that the request still has."""
    try:
        said = _signer().loads(proof, max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return False
    return bool(said == [request.key, request.person.email])


@dataclass(frozen=True)
class WayIn:
    """Where a mail about a record leads whoever reads its address. `url` "": nowhere any more, the mail has no button.
    `says_first`: the page asks whether the address is theirs, and the record opens after that."""

    url: str
    says_first: bool = False

    def words(self) -> list[str]:
        """What the mail says about it."""
        if not self.says_first or not self.url:
            return []
        return [_("Confirmez d’abord que cette adresse est la vôtre : le dossier apparaîtra dans votre compte.")]


def way_in(record: CoachingRecord, address: str, *, endpoint: str = "coaching.show") -> WayIn:
    """The page of the record, which anybody opens with an account of this address; as long as the address was only
    typed in the public form, where it says yes: the record is closed to it until then.

    The request may have made another record of the same project: a referral opens one.
    """
    rows = db.session.execute(
        select(Person, CoachingRequest)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .outerjoin(CoachingRequest, CoachingRequest.person_id == Person.id)
        .where(
            ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None), Person.email == address,
        )
        .order_by(CoachingRequest.withdrawn_at.is_not(None), CoachingRequest.id.desc())
    ).all()  # fmt: skip
    if not rows or any(person.user_id or not person.is_unconfirmed for person, _request in rows):
        return WayIn(external_url(endpoint, reference=record.reference))
    asked = next((request for _person, request in rows if request is not None), None)
    return WayIn(link(asked) if asked is not None else "", says_first=True)
