"""Fingerprints of what the platform knows of people's telephones, postal addresses and accounts. Nothing readable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import String, case, cast, literal, select

from app.accounts.models import User
from app.coaching.models import CoachingRecord
from app.core import prints
from app.desk import seals
from app.desk.models import Delivery
from app.dropins.models import DropInBooking
from app.moderation.models import InterestDeclaration
from app.payments.models import PaymentAccount
from app.pledges.models import Pledge


def of_both(rows: Iterable[Any], user_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """(of this person, of the holder and the team), from what `sources` found."""
    mine: set[str] = set()
    theirs: set[str] = set()
    for kind, owner_id, words, context in rows:
        (mine if owner_id == user_id else theirs).update(_read(kind, words, context))
    return frozenset(mine), frozenset(theirs)


def sources(user_id: int, ids: set[int], project_id: int) -> list[Any]:
    """Parts of one statement: (kind, whose, words, context) of all that is known about these people.

    Known from Stripe's check of an account, a delivery's address, a booking of a drop-in day (0: whoever came about
    this project), the yearly declaration.

    The name of an account here counts for the person only: of the others it is the checked, legal name that does.
    """
    nothing = literal("")
    of_project = select(CoachingRecord.id).where(CoachingRecord.project_id == project_id)
    whose = case((DropInBooking.record_id.in_(of_project), 0), else_=User.id)
    return [
        select(literal("prints"), PaymentAccount.user_id, PaymentAccount.prints, nothing).where(
            PaymentAccount.user_id.in_(ids), PaymentAccount.prints.is_not(None)
        ),
        select(literal("prints"), InterestDeclaration.user_id, InterestDeclaration.prints, nothing).where(
            InterestDeclaration.user_id.in_(ids), InterestDeclaration.prints.is_not(None)
        ),
        select(literal("name"), User.id, User.name, nothing).where(User.id == user_id),
        select(literal("address"), User.id, Delivery.address_sealed, cast(Pledge.id, String))
        .join(Pledge, Pledge.id == Delivery.pledge_id)
        .join(User, (User.id == Pledge.user_id) | (User.email == Pledge.email))
        .where(User.id.in_(ids), Delivery.address_sealed != ""),
        select(literal("phone"), whose, DropInBooking.phone, nothing)
        .outerjoin(User, User.email == DropInBooking.email)
        .where(DropInBooking.phone != "", User.id.in_(ids) | DropInBooking.record_id.in_(of_project)),
    ]


def _read(kind: str, words: str, context: str) -> frozenset[str]:
    if kind == "prints":
        return prints.read(words)
    if kind == "phone":
        return frozenset({prints.of_phone(words)}) - {""}
    if kind == "name":
        return frozenset({prints.of_name(words)}) - {""}
    if kind != "address":
        return frozenset()  # another fact of the same statement
    kept = seals.unseal(words, context=context)
    return frozenset({prints.of_address(kept.get("street", ""), kept.get("postcode", ""))}) - {""}
