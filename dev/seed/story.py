"""A hundred days of an invented platform, one day after the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from app.accounts import second_factor_services
from app.accounts.models import User
from app.accounts.services import user_for_demo
from app.core import clock
from app.core.access import Role
from app.core.clock import ClockOffset
from app.core.database import db, transaction
from app.core.jobs import Job, run_once
from app.core.texts import set_text
from app.network.models import Organisation
from app.network.services import change_organisation, give_right
from dev import pictures
from dev.seed import crowd, holders, reviewers, treasurers
from dev.seed.holders import Made
from dev.seed.more_projects import PROJECTS
from dev.seed.people import FALLBACK, PASSWORD, PEOPLE, Someone
from dev.seed.projects import DemoProject
from fake_stripe import shopper

DAYS_BACK = 100
DRAFTED, SUBMITTED, DECIDED = -12, -10, -8  # days before the opening
PARTED = 20  # days after the end: the money has left, the coaching ends
UNOPENED = {"submitted": -2, "changes_requested": -4, "refused": -12, "draft": -1, "withdrawn": -20}
MOST_ROUNDS = 60
# what the worker beside the seed does as well; the seed only hurries what the story waits for
LEFT_TO_THE_WORKER = frozenset(
    {
        "beat",
        "mail",
        "events",
        "poll",
        "payees",
        "drafts",
        "old sessions",
        "old tries",
        "stuck charges",
        "blocked transfers",
        "curves",
    }
)
CONTACTS = {
    "contact_email": "bonjour@graine.example.org",
    "publisher_name": "Graine d’Actions (démonstration, personne morale inventée)",
    "publisher_address": "1 place de l’Exemple, 21000 Dijon",
    "publisher_email": "bonjour@graine.example.org",
    "publisher_phone": "03 53 01 00 00",  # numbers of this range are kept for fiction by the regulator (Arcep)
}
SLOW_SECONDS = 300  # bells of that interval or a longer one ring once a day, in the morning: a day is one instant here
# What they would say of the months before is read by nobody, and they take longer than all the others together.
OF_THE_LAST_WEEK = frozenset({"books", "coaches to tell"})


def seconds_to(day: int, now: datetime) -> int:
    """From `now` to the same hour in Paris `day` days later: 24 hours a day would be another day after a change of
    hour, when the demo is made in the last hour before midnight."""
    here = clock.paris_day(now)
    return int(((here + timedelta(days=day)).astimezone(UTC) - now).total_seconds())


class Story:
    """`share` of the pledges are made (1.0: all)."""

    def __init__(self, share: float = 1.0):
        self.share = share
        self.photographs: dict[str, Future[bytes]] = {}
        self.base = current_app.config["SETTINGS"].stripe_api_base
        jobs: list[Job] = [job for job in current_app.extensions["jobs"] if job.name not in LEFT_TO_THE_WORKER]
        self.slow = [job for job in jobs if job.every_seconds >= SLOW_SECONDS]
        self.quick = [job for job in jobs if job.every_seconds < SLOW_SECONDS]

    def is_told(self) -> bool:
        return db.session.scalar(select(User.id).limit(1)) is not None

    def tell(self) -> list[dict[str, str]]:
        """Make everything; returns the accounts to show: role, e-mail, password, name, organisation."""
        with ProcessPoolExecutor(max_workers=1) as darkroom:
            self.photographs = {p.picture: darkroom.submit(pictures.render, p.picture, 1) for p in PROJECTS}
            return self.day_by_day()

    def day_by_day(self) -> list[dict[str, str]]:
        self.go_to(-DAYS_BACK)
        accounts = self.settle_people()
        self.settle_contacts()
        made: dict[str, Made] = {}
        for day in range(-DAYS_BACK + 1, 1):
            self.go_to(day)
            run_once([job for job in self.slow if day > -7 or job.name not in OF_THE_LAST_WEEK])
            self.let_the_worker_work()
            for project in PROJECTS:
                self.one_day(project, day, made)
            treasurers.let_money_leave(made, day)
            self.let_the_worker_work()
            if day % 10 == 0:
                print(f"  J{day:+d} · {sum(m.pledged for m in made.values())} contributions", flush=True)
        shopper.close()
        return accounts

    def go_to(self, day: int) -> None:
        """Move the clock of the site and of the fake Stripe to `day` days from today."""
        seconds = seconds_to(day, clock.real_now())
        with transaction():
            known = db.session.get(ClockOffset, 1)
            if known is None or known.seconds < seconds:
                clock.set_offset(seconds)
        clock.forget()
        shopper.control(self.base, "clock", "POST", offset_seconds=seconds)

    def let_the_worker_work(self) -> None:
        """Ring the worker's quick bells until a whole round had nothing to do."""
        for _round in range(MOST_ROUNDS):
            if not any(run_once(self.quick).values()):
                return

    def settle_people(self, people: Sequence[Someone] = PEOPLE) -> list[dict[str, str]]:
        shown = []
        for someone in people:
            organisation = self.organisation(someone)
            with transaction():
                user = user_for_demo(someone.email, someone.name, PASSWORD, clock.now())
                self.give_rights(user, someone, organisation.id if organisation else None)
                if someone.factor:
                    second_factor_services.for_demo(user, someone.factor, at=clock.now())
            name = self.organisation(someone)
            if someone.listed:
                shown.append(
                    {
                        "role": "referent" if someone.role == "coach" else someone.role,
                        "email": someone.email,
                        "password": PASSWORD,
                        "name": someone.name,
                        "organisation": name.name if name else "",
                        "second_factor": someone.factor,
                    }
                )
        return shown

    def settle_contacts(self) -> None:
        """Invented addresses of a reserved domain, so that no page of the demo ends without somebody to write to."""
        by, at = holders.user("administration").id, clock.now()
        with transaction():
            for key, value in CONTACTS.items():
                set_text(key, value, by=by, at=at)
            for one in db.session.scalars(select(Organisation).where(Organisation.contact_email == "")):
                change_organisation(
                    one, version=one.version, by=by, at=at, contact_email=f"contact@{one.slug}.example.org"
                )

    def organisation(self, someone: Someone) -> Organisation | None:
        if not someone.organisation:
            return None
        wanted = (
            Organisation.is_fallback if someone.organisation == FALLBACK else Organisation.slug == someone.organisation
        )
        return db.session.scalars(select(Organisation).where(wanted)).one()

    def give_rights(self, user: User, someone: Someone, organisation_id: int | None) -> None:
        if someone.role in {"holder", "citizen"}:
            return
        give_right(user.id, Role(someone.role), organisation_id, None, clock.now())

    def one_day(self, project: DemoProject, day: int, made: dict[str, Made]) -> None:
        """What happens to one project on one day; the day before means the same hour, a day earlier."""
        opens = project.start if project.fate not in UNOPENED else UNOPENED[project.fate] - SUBMITTED
        found = made.get(project.title)
        if day == opens + DRAFTED - 8 and project.coached:
            holders.open_record(project)
        if day == opens + DRAFTED:
            made[project.title] = holders.write(project, self.photographs[project.picture].result())
        elif found and day == opens + SUBMITTED and project.fate != "draft":
            holders.submit(found)
        elif found and day == opens + DECIDED and project.fate not in {"draft", "submitted", "withdrawn"}:
            reviewers.review(found)
        elif found and day == opens + DECIDED and project.fate == "withdrawn":
            holders.withdraw(found)
        elif found and project.fate == "settled" and day == project.start + project.days + PARTED:
            holders.part(found)
        if found and project.pledges and project.start <= day <= min(project.start + project.days, 0):
            crowd.pledge_of_the_day(found, day, share=self.share, base=self.base)
