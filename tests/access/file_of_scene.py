"""The file that the matrix is about, made once: a project, its record, campaigns in three states; others beside."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.queries import preview_key
from app.campaigns.rules import CampaignState
from app.coaching import services as coaching
from app.coaching.models import ActionItem, CoachingRecord, ProjectMember, RecordMember
from app.coaching.note_models import GlassBreak
from app.core.database import db, transaction
from app.core.texts import set_text
from app.moderation.models import ChangeRequest, Recusal, Review, ReviewPhase
from app.network.models import Offer, Organisation, Right
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import a_campaign, a_record

Ids = dict[str, int]
BY_ADDRESS_ONLY = "lead.self"  # a coach wrote this address down; the account was never joined to it


def build_file(ids: Ids, here: dict[str, int], at: datetime) -> dict[str, object]:
    """The values that addresses need. Inside an app context."""
    record = a_record("Holder", "holder-own@example.org", referent=_user(ids, "coach.own"))
    record_id, reference, project_id = record.id, record.reference, record.project_id
    campaign = a_campaign(_user(ids, "holder.own"), state=CampaignState.SUBMITTED)
    campaign_id, slug, reward_id, key = campaign.id, campaign.slug, campaign.rewards[0].id, preview_key(campaign)
    live = a_campaign(_user(ids, "holder.own"), state=CampaignState.LIVE)
    live_id, live_slug = live.id, live.slug
    file = File(ids, here, at, record_id, project_id)
    file.people_of_the_record()
    for one in (campaign_id, live_id):
        file.take_in(one)
    file.beside()
    with transaction():
        review = file.review(campaign_id)
        review.taken_by_id, review.second_organisation_id = ids["moderator.own"], here["third"]
        review.phase = ReviewPhase.IN_REVIEW
        request = ChangeRequest(
            review_id=review.id, field="title", reason="incomplete", text="?", asked_by_id=ids["moderator.own"],
            asked_at=at, sent_at=at,
        )  # fmt: skip
        action = ActionItem(record_id=record_id, text="Écrire", owner="holder", created_at=at)
        db.session.add_all([request, action, file.pledge(live_id, "contributor.own", "pledge-of-the-scene")])
        set_text("contact_email", "contact@example.org", by=ids["admin.none"], at=at)
        db.session.flush()
        of_moderator = select(Right.id).where(Right.user_id == ids["moderator.own"])
        return {
            "slug": slug, "reference": reference, "record_id": record_id, "reward_id": reward_id,
            "request_id": request.id, "action_id": action.id, "public_id": "pledge-of-the-scene", "key": key,
            "token": "unknown", "step": 2, "year": 2026, "name": "unknown.webp", "verb": "fermer",
            "user_id": ids["expert.none"], "offer_id": db.session.scalars(select(Offer.id)).first(),
            "right_id": db.session.scalars(of_moderator).one(), "live_slug": live_slug, "live_id": live_id,
            "campaign_id": campaign_id, "review_id": review.id, "organisation_id": here["same"], "file": file,
        }  # fmt: skip


def _user(ids: Ids, name: str) -> User:
    return db.session.get_one(User, ids[name])


class File:
    """What ties the people of the scene to the project, and to what the rooms add to it."""

    def __init__(self, ids: Ids, here: dict[str, int], at: datetime, record_id: int, project_id: int):
        self.ids, self.here, self.at, self.record_id, self.project_id = ids, here, at, record_id, project_id

    def people_of_the_record(self) -> None:
        with transaction():
            record = db.session.get_one(CoachingRecord, self.record_id)
            coaching.person_for(_user(self.ids, "holder.own"), at=self.at)
            for name in self.ids:
                if name.endswith(".self"):
                    self._carries(name)
            for name, role, flag in (("coach.team", "co_coach", True), ("expert.own", "expert", False)):
                db.session.add(self._member(record, name, role, can_see_restricted=flag))
            over = self._member(record, "expert.none", "expert")
            over.ended_at, over.end_reason = self.at, "fini"
            look = GlassBreak(
                record_id=record.id, user_id=self.ids["lead.own"], reason="Une absence", started_at=self.at,
                ends_at=self.at + timedelta(hours=4),
            )  # fmt: skip
            db.session.add_all([over, look])

    def _carries(self, name: str) -> None:
        user = _user(self.ids, name)
        if name == BY_ADDRESS_ONLY:
            person = coaching.person_met(name="Quelqu’un", email=user.email, at=self.at)
        else:
            person = coaching.person_for(user, at=self.at)
        db.session.add(ProjectMember(project_id=self.project_id, person_id=person.id))

    def _member(self, record: CoachingRecord, name: str, role: str, **more: object) -> RecordMember:
        return RecordMember(record_id=record.id, user_id=self.ids[name], role=role, started_at=self.at, **more)

    def take_in(self, campaign_id: int) -> None:
        """A campaign of the scene: the same project, record, organisation, holder and team; nobody of it reviews."""
        with transaction():
            campaign = db.session.get_one(Campaign, campaign_id)
            campaign.project_id, campaign.coaching_record_id = self.project_id, self.record_id
            campaign.owner_id, campaign.organisation_id = self.ids["holder.own"], self.here["same"]
            campaign.members[0].user_id = self.ids["holder.own"]
            for seat in ("manager", "editor", "thanks"):
                campaign.members.append(CampaignMember(user_id=self.ids[f"team_member.team/{seat}"], role=seat))
            left = CampaignMember(user_id=self.ids["team_member.none"], role="manager", ended_at=self.at)
            campaign.members.append(left)
            review = self.review(campaign_id)
            if campaign.state != CampaignState.SUBMITTED:
                review.phase, review.proposal = ReviewPhase.DECIDED, "approve"
                review.proposed_by_id, review.decided_by_id = self.ids["team_member.none"], self.ids["treasurer.team"]
            for name in self.ids:
                if name.startswith("recused."):
                    gone = Recusal(review_id=review.id, user_id=self.ids[name], reason="Une amie", at=self.at)
                    db.session.add(gone)

    def review(self, campaign_id: int) -> Review:
        """The review of a campaign, made when there is none."""
        found = db.session.scalar(select(Review).where(Review.campaign_id == campaign_id))
        if found is None:
            found = Review(
                campaign_id=campaign_id, organisation_id=self.here["same"], checklist_version=1, created_at=self.at
            )
            db.session.add(found)
            db.session.flush()
        return found

    def pledge(self, campaign_id: int, name: str, public_id: str) -> Pledge:
        email = _user(self.ids, name).email
        return Pledge(
            public_id=public_id, form_key=public_id, campaign_id=campaign_id, user_id=self.ids[name], name="C",
            email=email, amount_cents=2500, state=PledgeState.AUTHORISED, consent_version="1", created_at=self.at,
        )  # fmt: skip

    def beside(self) -> None:
        """The files of others: at the same organisation, at another one, at none."""
        for relation, place in (("same", "same"), ("other", "other")):
            coach = _user(self.ids, f"coach.{relation}")
            organisation = db.session.get_one(Organisation, self.here[place])
            record = a_record(
                f"H {relation}", f"holder-{relation}@example.org", referent=coach, organisation=organisation
            )
            record_id = record.id
            holder = _user(self.ids, f"holder.{relation}")
            organisation = db.session.get_one(Organisation, self.here[place])
            campaign_id = a_campaign(holder, state=CampaignState.LIVE, organisation=organisation).id
            with transaction():
                campaign = db.session.get_one(Campaign, campaign_id)
                campaign.coaching_record_id = record_id
                theirs = CampaignMember(user_id=self.ids[f"team_member.{relation}"], role="manager")
                campaign.members.append(theirs)
                if relation == "same":
                    record = db.session.get_one(CoachingRecord, record_id)
                    db.session.add(self._member(record, "expert.same", "expert"))
                else:
                    db.session.add(self.pledge(campaign_id, "contributor.none", "another-pledge"))
        a_campaign(_user(self.ids, "holder.none"))
