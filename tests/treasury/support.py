"""People of the money desk, and a campaign whose money waits for them."""

from __future__ import annotations

from app.accounts.models import User
from app.core.access import Role
from app.core.database import db
from tests.builders import Visitor, a_user, an_organisation, give, sign_in, with_second_factor
from tests.support.scene import Scene


def person(scene: Scene, role: Role | None = None, organisation: str = "", *, proved: bool = True) -> Visitor:
    """Somebody in a browser; with a second factor and a fresh code unless told not to."""
    with scene.app.app_context():
        user = a_user()
        if role is not None:
            user = give(user, role, an_organisation(organisation) if organisation else None)
        user_id = user.id
        if proved:
            with_second_factor(user)
        return sign_in(scene.app, db.session.get_one(User, user_id), proved=proved)


def treasurer(scene: Scene) -> Visitor:
    return person(scene, Role.TREASURER)


def lead(scene: Scene, organisation: str = "pes-21") -> Visitor:
    return person(scene, Role.ORGANISATION_LEAD, organisation)


def collected(scene: Scene, *amounts: int, **more: object) -> str:
    """The slug of a campaign that has just succeeded, all of it charged; it was reviewed by PES 21."""
    slug = scene.campaign(goal_cents=100_00, **more)
    for cents in amounts or (100_00,):
        scene.give(slug, cents=cents)
    scene.close(slug)
    return slug


def press(who: Visitor, path: str, page: str = "/tresorerie/approbations", **data: object) -> int:
    """Press a button whose form stands on `page` (the language switch carries the same token)."""
    return who.post(path, data, page=page).status_code


def prepare(scene: Scene, who: Visitor, slug: str) -> int:
    """The id of the payout that this treasurer has prepared, by the button."""
    from app.settlement import payout_queries

    assert press(who, f"/tresorerie/campagnes/{slug}/preparer") == 303
    with scene.app.app_context():
        return payout_queries.payouts_of(scene.row(slug).id)[0].id
