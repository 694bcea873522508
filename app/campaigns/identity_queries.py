"""What is kept of a person as the holder of campaigns, for their own copy of what the platform holds."""

from __future__ import annotations

from flask_babel import gettext as _

from app.campaigns.identity_words import lines
from app.campaigns.models import Campaign
from app.coaching.models import CoachingRecord
from app.coaching.privacy_export import Section
from app.core.database import db


def told_of_holder(record_id: int, user_id: int) -> list[Section]:
    """One section: the identity given for each campaign of this project that the person holds, never another's."""
    held = db.session.scalars(
        db.select(Campaign)
        .join(CoachingRecord, CoachingRecord.project_id == Campaign.project_id)
        .where(CoachingRecord.id == record_id, Campaign.owner_id == user_id)
        .order_by(Campaign.id)
    )
    told = [{_("Campagne"): one.title, **dict(lines(one.identity))} for one in held if one.identity.is_given]
    return [Section(_("Qui porte la campagne, légalement"), told)]
