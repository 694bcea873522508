"""A submitted campaign of Mâlain and the people around it, for every test of a review."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.moderation.rules import CHECKLIST
from tests.builders import Visitor, a_campaign, a_record, a_user, an_organisation, give, sign_in

REFUSAL = {
    "code": "too_early", "reason": "Le bail manque.", "alternative": "Un rendez-vous avec la structure.",
    "no_interest": "y",
}  # fmt: skip


@dataclass
class World:
    """The doors of one review, and who knocks at them."""

    app: Flask
    slug: str
    reference: str
    holder: Visitor
    first: Visitor
    second: Visitor
    referent: Visitor
    elsewhere: Visitor
    made: dict[str, Visitor] = field(default_factory=dict)

    @property
    def review_page(self) -> str:
        return f"/moderation/{self.slug}"

    @property
    def holder_page(self) -> str:
        return f"/mes-campagnes/{self.slug}/relecture"

    def do(self, who: Visitor, action: str, **data: object) -> int:
        return who.post(f"{self.review_page}/{action}", data, page="/compte").status_code

    def decide(self, who: Visitor, **data: object) -> int:
        return self.do(who, "decider", no_interest="y", **data)

    def state(self) -> CampaignState:
        with self.app.app_context():
            return CampaignState(db.session.scalars(db.select(Campaign.state).where(Campaign.slug == self.slug)).one())

    def ready_to_propose(self, who: Visitor) -> None:
        assert self.do(who, "prendre") == 303
        assert self.do(who, "liste", **dict.fromkeys(CHECKLIST, "ok")) == 303
        assert self.do(who, "avis", opinion="Prêt.") == 303
        assert self.link() == 303

    def link(self) -> int:
        """The record of the holder, by who coaches: reviewers do not find it."""
        page = f"/accompagnement/dossiers/{self.reference}/relier-une-campagne"
        return self.referent.post(page, {"campaign": self.slug}, page="/compte").status_code

    def propose(self, who: Visitor) -> None:
        self.ready_to_propose(who)
        assert self.do(who, "proposer-approbation", no_interest="y") == 303

    def moderator(self, organisation: str, email: str = "") -> Visitor:
        """A person more, who reviews for the organisation whose slug begins so."""
        with self.app.app_context():
            return sign_in(self.app, give(a_user(email=email), Role.MODERATOR, an_organisation(organisation)))

    def also(self, who: Visitor, role: Role, organisation: str = "pes-21") -> Visitor:
        """The same person with one more right, signed in again: a new right ends the sessions."""
        with self.app.app_context():
            user = give(db.session.get_one(User, who.user_id), role, an_organisation(organisation))
            return sign_in(self.app, user)

    def change(self, **columns: object) -> None:
        """The campaign's row, changed as if it had always been so."""
        with self.app.app_context(), transaction():
            db.session.execute(db.update(Campaign).where(Campaign.slug == self.slug).values(**columns))

    def mails(self, address: str) -> list[str]:
        with self.app.app_context():
            return list(db.session.scalars(db.select(OutboxMail.subject).where(OutboxMail.to_address == address)))


def build(app: Flask) -> World:
    with app.app_context():
        holder_id = a_user("Camille Fontbelle", "camille@example.org").id
        first = sign_in(app, give(a_user("Solène Arbey"), Role.MODERATOR, an_organisation()))
        second = sign_in(app, give(a_user("Malo Quintard"), Role.MODERATOR, an_organisation()))
        coach = give(give(a_user("Inès Verdelet"), Role.COACH, an_organisation()), Role.MODERATOR, an_organisation())
        referent = sign_in(app, coach)
        reference = a_record(referent=db.session.get_one(User, referent.user_id)).reference
        elsewhere = sign_in(app, give(a_user(), Role.MODERATOR, an_organisation("active-71")))
        slug = a_campaign(db.session.get_one(User, holder_id), state=CampaignState.SUBMITTED).slug
        holder = sign_in(app, db.session.get_one(User, holder_id))
    return World(app, slug, reference, holder, first, second, referent, elsewhere)
