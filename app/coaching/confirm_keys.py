"""Proofs that somebody reads the mail of an address that was typed in the public form: signed, no row is needed."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from app.coaching.models import Person
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


def link_of_address(record_id: int, address: str) -> str:
    """For mails about a record to an address that has not said yes; "" for any other."""
    waiting = db.session.scalar(
        select(CoachingRequest)
        .join(Person, Person.id == CoachingRequest.person_id)
        .where(CoachingRequest.record_id == record_id, Person.email == address, Person.is_unconfirmed)
    )
    return link(waiting) if waiting is not None else ""
