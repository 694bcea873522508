"""Why a person who has promised money cannot close their account yet."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, PledgeState

OPEN = OPEN_AFTER_VERDICT | {PledgeState.DRAFT, PledgeState.AUTHORISED}


def obstacle(user_id: int) -> str | None:
    """A promise that is neither paid nor over."""
    found = db.session.scalar(db.select(Pledge.id).where(Pledge.user_id == user_id, Pledge.state.in_(OPEN)).limit(1))
    if found is None:
        return None
    return str(_("Une de vos contributions est encore en cours. Annulez-la, ou attendez la fin de la campagne."))
