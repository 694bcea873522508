"""What holders and coaches do in the demo: write, open an account, submit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from app.accounts.models import User
from app.campaigns import drafting, services
from app.campaigns.models import Campaign
from app.campaigns.rules import AddedValue, Postage, RewardNature
from app.coaching import services as coaching
from app.coaching.models import CoachingRecord, Person, Project, ProjectMember
from app.coaching.rules import ActivityKind, RecordState
from app.core import clock, images, storage
from app.core.database import db, transaction
from app.core.links import external_url
from app.network import queries as network
from app.network.models import Organisation
from app.payments import opening, payees
from app.payments.client import gateway
from dev.seed import situations
from dev.seed.identities import identity_of
from dev.seed.people import FALLBACK, PEOPLE
from dev.seed.projects import DemoProject
from fake_stripe import shopper

AFTER_THE_END = 24  # days from the sending: ten until the opening, then the campaign, then two weeks


@dataclass
class Made:
    """A project of the demo and its campaign; `pledged` counts the promises made so far."""

    project: DemoProject
    campaign_id: int
    owner_id: int
    pledged: int = 0
    pledged_cents: int = 0

    @property
    def campaign(self) -> Campaign:
        return db.session.get_one(Campaign, self.campaign_id)


def user(key: str) -> User:
    email = next(person.email for person in PEOPLE if person.key == key)
    return db.session.scalars(select(User).where(User.email == email)).one()


def referent_of(slug: str) -> User:
    key = next(p.key for p in PEOPLE if p.role == "coach" and p.organisation == (slug or FALLBACK))
    return user(key)


def today() -> date:
    return clock.paris_day(clock.now()).date()


def open_record(project: DemoProject) -> None:
    """A coach met the holder before any campaign existed."""
    holder, coach = user(project.holder), referent_of(project.organisation)
    organisation = db.session.scalars(select(Organisation).where(Organisation.slug == project.organisation)).one()
    programme, at = network.get_programme(project.coached), clock.now()
    holder_id, coach_id = holder.id, coach.id
    with transaction():
        holder, coach = db.session.get_one(User, holder_id), db.session.get_one(User, coach_id)
        person = coaching.person_for(holder, at=at)
        idea = coaching.create_project(
            title=project.title, commune_code=project.commune, themes=[project.theme], person=person, at=at
        )
        record = coaching.open_record(
            project=idea, programme=programme, organisation=organisation, referent=coach, since=today(),
            by=coach_id, at=at, step="Idée", next_action="Relire le budget ensemble",
            next_action_on=today() + timedelta(days=14),
        )  # fmt: skip
        _first_meetings(record, coach_id)
        situations.at_the_beginning(record, person, holder, by=coach_id)
        if project.mention:
            coaching.give_public_mention(record, by=holder_id, at=at)


def _first_meetings(record: CoachingRecord, coach_id: int) -> None:
    at = clock.now()
    for kind, minutes, words in (
        (ActivityKind.WELCOME, 60, "Premier accueil : le projet, l’équipe, ce qui presse."),
        (ActivityKind.INTERVIEW, 90, "Budget relu ligne par ligne ; deux devis à demander."),
    ):
        coaching.add_activity(
            record, kind=kind, happened_on=today(), duration_min=minutes, summary=words, by=coach_id, at=at
        )
    for state in (RecordState.WELCOMED, RecordState.EXPLORING):
        coaching.move(record, state, by=coach_id, at=at)
    coaching.add_objective(
        record, text="Réunir les premiers soutiens du village", owner="holder", due_on=None, by=coach_id, at=at
    )
    coaching.sign_engagement(record, on=today(), by=coach_id, at=at)
    coaching.move(record, RecordState.COACHED, by=coach_id, at=at)
    coaching.set_path(
        record, step="Préparer la campagne", next_action="Relire la page avant l’envoi",
        next_action_on=today() + timedelta(days=10), by=coach_id, at=at,
    )  # fmt: skip
    coaching.add_action(record, text="Demander deux devis", owner="holder", due_on=None, by=coach_id, at=at)


def record_of(project: DemoProject, owner_id: int) -> CoachingRecord | None:
    if not project.coached:
        return None
    return db.session.scalar(
        select(CoachingRecord)
        .join(Project, Project.id == CoachingRecord.project_id)
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .join(Person, Person.id == ProjectMember.person_id)
        .where(Person.user_id == owner_id, Project.title == project.title)
    )


def write(project: DemoProject, photograph: bytes) -> Made:
    """Fill in the seven steps; the payment account is opened on Stripe's pages."""
    at, by = clock.now(), user(project.holder).id
    photo = _store_picture(photograph)
    with transaction():
        owner = db.session.get_one(User, by)
        record = record_of(project, by)
        campaign = services.start_campaign(
            by=owner, title=project.title, commune_code=project.commune, at=at,
            project=record.project if record else None,
        )  # fmt: skip
        db.session.flush()
        if record is not None:  # as the button « Déposer une campagne » of a record does
            services.link_record(campaign, record, by=by, at=at)
        drafting.save_project(
            campaign, title=project.title, tagline=project.tagline, commune_code=project.commune,
            theme=project.theme, identity=identity_of(project, owner.name), by=by, at=at,
        )  # fmt: skip
        drafting.save_story(campaign, story_markdown=project.story, if_missed=project.if_missed, by=by, at=at)
        drafting.save_picture(campaign, alternative=project.alternative, renditions=photo, by=by, at=at)
        values = {AddedValue(code): words for code, words in project.values.items()}
        drafting.save_values(campaign, arguments=values, by=by, at=at)
        drafting.save_budget(
            campaign, kind=project.kind, goal_cents=project.goal_cents, optimum_cents=project.optimum_cents,
            uses=project.uses, resources=project.others, by=by, at=at,
        )  # fmt: skip
        for reward in project.rewards:
            drafting.add_reward(
                campaign, title=reward.title, description=reward.description, nature=RewardNature(reward.nature),
                amount_cents=reward.amount_cents, stock=reward.stock,
                delivery_month=_month(reward.months + project.days // 30), by=by, at=at,
                postage=Postage(reward.postage) if reward.postage else None, postage_words=reward.postage_words,
            )  # fmt: skip
        drafting.save_calendar(campaign, duration_days=project.days, earliest_start_on=None, by=by, at=at)
        campaign_id = campaign.id
    if project.fate != "draft":
        open_account(by)
    return Made(project, campaign_id, by)


def _month(later: int) -> date:
    months = today().month - 1 + later
    return date(today().year + months // 12, months % 12 + 1, 1)


def _store_picture(photograph: bytes) -> list[dict[str, int | str]]:
    stored: list[dict[str, int | str]] = []
    for rendition in images.renditions(photograph):
        name = storage.new_name("images", "webp")
        storage.write(name, rendition.content)
        stored.append({"name": name, "width": rendition.width, "height": rendition.height})
    return stored


def open_account(owner_id: int) -> None:
    """Accounts v2 and hosted onboarding, filled in by the robot."""
    if payees.status_of(owner_id) == "active":
        return
    with transaction():
        payees.start_account(db.session.get_one(User, owner_id), at=clock.now())
    account = opening.created(owner_id)
    back = external_url("payments.account_returned")
    url = gateway().account_link(account, return_url=back, refresh_url=back)
    assert urlsplit(url).hostname in {"127.0.0.1", "localhost"}
    shopper.complete_onboarding(url)
    payees.refresh(owner_id)


def submit(made: Made) -> None:
    with transaction():
        services.submit(made.campaign, by=made.owner_id, at=clock.now())
        record = record_of(made.project, made.owner_id)
        if record is not None:  # the page was read again, as promised; what comes next is after the end
            coaching.set_path(
                record, step="Campagne", next_action="Faire le point sur la collecte",
                next_action_on=today() + timedelta(days=made.project.days + AFTER_THE_END),
                by=record.referent_id or made.owner_id, at=clock.now(),
            )  # fmt: skip


def withdraw(made: Made) -> None:
    with transaction():
        services.withdraw(made.campaign, by=made.owner_id, at=clock.now())


def part(made: Made) -> None:
    """The coaching of a project that stands on its own feet ends."""
    record = record_of(made.project, made.owner_id)
    if record is not None:
        situations.at_the_end(record.id)
