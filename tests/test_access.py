"""Who may open which door: an independent copy of the table, and everybody tried at every door.

A route that is not in WHO fails. The words of WHO are people of the scene below, not roles, so that the
table can be read aloud: « the record's page opens for its holder, its referent and the lead ».
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import AccountSession, User
from app.campaigns.models import Campaign
from app.campaigns.queries import preview_key
from app.campaigns.rules import CampaignState
from app.coaching.models import ActionItem
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.texts import set_text
from app.moderation.models import ChangeRequest, Review
from app.network.models import Offer, Right
from app.network.services import end_right
from app.payments.models import MoneyTask, StripeOperation
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.models import Payout, Refund, Reversal
from app.treasury.models import Cancellation
from tests.builders import (
    a_campaign,
    a_record,
    a_user,
    an_organisation,
    fallback,
    give,
    sign_in,
    token_of,
    with_second_factor,
)
from tests.treasury.rows import fill

PEOPLE = (
    "nobody", "stranger", "holder", "contributor", "referent", "coach_elsewhere", "moderator", "moderator_elsewhere",
    "lead", "admin", "treasurer", "other_treasurer",
)  # fmt: skip
EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"nobody"}
ADMIN = frozenset({"admin"})
HOLDER = frozenset({"holder"})
CONTRIBUTOR = frozenset({"contributor"})
COACHES = frozenset({"referent", "coach_elsewhere", "lead"})
RECORD_TEAM = frozenset({"referent", "lead"})
RECORD_READERS = RECORD_TEAM | HOLDER
MODERATORS = frozenset({"moderator", "moderator_elsewhere", "lead"})
REVIEWERS = frozenset({"moderator", "lead"})  # of the organisation that this campaign was sent to
PREVIEWERS = REVIEWERS | HOLDER | {"referent"}
TREASURERS = frozenset({"treasurer", "other_treasurer"})  # with a code given a moment ago
SECONDS = TREASURERS | {"lead"}  # the lead of the organisation that reviewed the campaign, with a code too

WHO: dict[str, frozenset[str]] = {
    # accounts
    "accounts.sign_up": EVERYBODY, "accounts.sign_up_done": EVERYBODY, "accounts.confirm_email": EVERYBODY,
    "accounts.sign_in": EVERYBODY, "accounts.sign_out": EVERYBODY, "accounts.ask_reset": EVERYBODY,
    "accounts.reset_asked": EVERYBODY, "accounts.reset_password": EVERYBODY, "accounts.confirm_new_email": EVERYBODY,
    "accounts.profile": SIGNED_IN, "accounts.change_password": SIGNED_IN, "accounts.change_email": SIGNED_IN,
    "accounts.close": SIGNED_IN, "accounts.end_other_sessions": SIGNED_IN,
    "accounts.sign_in_code": EVERYBODY, "accounts.second_factor": SIGNED_IN, "accounts.prove": SIGNED_IN,
    "accounts.confirm_second_factor": SIGNED_IN, "accounts.recovery_codes": SIGNED_IN,
    "accounts.end_second_factor": SIGNED_IN,
    "accounts.end_session": HOLDER,  # the session of the scene is the holder's
    # payments
    "payments.webhook": EVERYBODY,  # its signature is its login
    "payments.open_account": SIGNED_IN, "payments.account_returned": SIGNED_IN,
    # network
    "network.communes_json": EVERYBODY, "network.who_helps": EVERYBODY,
    **dict.fromkeys(
        (f"network.{page}" for page in (
            "admin_home", "admin_journal", "coverage", "texts", "edit_text", "offers", "new_offer", "end_offer",
            "organisations", "new_organisation", "organisation", "set_active", "people", "person", "give_right",
            "end_right",
        )),
        ADMIN,
    ),
    # coaching: the platform's administrator reads no record
    "coaching.morning": SIGNED_IN, "coaching.new": COACHES,
    "coaching.show": RECORD_READERS, "coaching.tick": RECORD_READERS,
    "coaching.add_action": RECORD_TEAM, "coaching.add_activity": RECORD_TEAM, "coaching.set_path": RECORD_TEAM,
    "coaching.move": RECORD_TEAM, "mentions.change": HOLDER,
    # campaigns
    "campaigns.catalogue": EVERYBODY, "campaigns.show": EVERYBODY, "campaigns.picture": EVERYBODY,
    "campaigns.shared_preview": EVERYBODY,  # whoever was given the link
    "campaigns.mine": SIGNED_IN, "campaigns.new": SIGNED_IN, "campaigns.preview": PREVIEWERS,
    **dict.fromkeys(
        (f"campaigns.{page}" for page in (
            "desk", "edit", "edit_by_number", "preview_text", "reward", "remove_reward", "submit", "withdraw", "appeal",
            "choose_opening", "fulfil",
        )),
        HOLDER,
    ),
    # moderation
    "moderation.queue": MODERATORS,
    **dict.fromkeys(
        (f"moderation.{page}" for page in (
            "review", "take", "release", "checklist", "opinion", "ask_change", "cancel_request", "send_requests",
            "link_record", "no_record", "propose_approval", "propose_refusal", "decide", "send_back", "recuse",
        )),
        REVIEWERS,
    ),
    "moderation.holder_review": HOLDER, "moderation.answer": HOLDER, "moderation.resubmit": HOLDER,
    # pledges and money
    "pledges.contribute": EVERYBODY, "pledges.mine": EVERYBODY, "pledges.mail_link": EVERYBODY,
    **dict.fromkeys(
        ("pledges.show", "pledges.thanks", "pledges.card", "pledges.change", "pledges.withdraw", "settlement.repair",
         "settlement.confirm", "settlement.repaired", "settlement.give_up", "settlement.given", "settlement.take_back",
         "settlement.attestation"),
        CONTRIBUTOR,
    ),
    "settlement.money": HOLDER, "settlement.statement": HOLDER, "settlement.of_year": EVERYBODY,
    # treasury
    **dict.fromkeys(
        (f"treasury.{page}" for page in (
            "desk", "show_list", "campaign", "contributions", "contribution", "task", "close_task", "look_again",
            "ask_debt_again", "prepare_payout", "cancel_page", "propose_cancellation", "refund_page", "propose_refund",
            "try_refund_again",
        )),
        TREASURERS,
    ),
    **dict.fromkeys(
        (f"treasury.{page}" for page in (
            "approvals", "approval_list", "payout", "approve_payout", "stop_payout", "refund", "approve_refund",
            "give_up_refund", "cancellation", "approve_cancellation", "give_up_cancellation",
        )),
        SECONDS,
    ),
    # pages
    **dict.fromkeys(
        (f"pages.{page}" for page in (
            "home", "how", "help", "rules", "fees", "legal", "privacy", "accessibility", "set_language", "health",
            "robots", "favicon", "security_contact",
        )),
        EVERYBODY,
    ),
    "pages.gallery": frozenset(),  # served in development only
}  # fmt: skip
# What is not there in the scene: the door is open, the answer says that nothing is behind it.
MAY_BE_MISSING = {"campaigns.picture"}


@dataclass
class World:
    """One submitted campaign with its record and review, one live one with a pledge, and everybody."""

    app: Flask
    values: dict[str, object]
    live: str
    clients: dict[str, FlaskClient]

    def path(self, rule: Rule) -> str:
        """The address of a route, about the objects of the scene."""
        public = rule.endpoint in {"campaigns.show", "pledges.contribute"}
        values = {**self.values, **({"slug": self.live} if public else {})}
        if rule.endpoint.startswith("network."):
            values["slug"] = "active-71"
        if rule.endpoint.startswith("treasury."):
            values |= {"slug": values["paid_slug"], "public_id": values["paid_id"], "name": "versements"}
            values["reference"] = values["debt" if rule.endpoint == "treasury.ask_debt_again" else "refund"]
        if rule.endpoint == "campaigns.edit":
            values["step"] = "histoire"
        with self.app.test_request_context():
            return self.app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})

    def rules(self, method: str) -> list[Rule]:
        return [rule for rule in self.app.url_map.iter_rules() if rule.endpoint != "static" and method in rule.methods]


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        here, elsewhere, at = an_organisation(), an_organisation("active-71"), clock.now()
        here_id, elsewhere_id = here.id, elsewhere.id
        ids = {name: a_user(name.capitalize(), f"{name}@example.org").id for name in PEOPLE if name != "nobody"}
        roles = {
            "referent": (Role.COACH, here_id), "coach_elsewhere": (Role.COACH, elsewhere_id),
            "moderator": (Role.MODERATOR, here_id), "moderator_elsewhere": (Role.MODERATOR, elsewhere_id),
            "lead": (Role.ORGANISATION_LEAD, here_id), "admin": (Role.PLATFORM_ADMIN, None),
            "treasurer": (Role.TREASURER, None), "other_treasurer": (Role.TREASURER, None),
        }  # fmt: skip
        for name in SECONDS:
            with_second_factor(db.session.get_one(User, ids[name]))
        for name, (role, organisation_id) in roles.items():
            organisation = {here_id: an_organisation(), elsewhere_id: an_organisation("active-71")}.get(
                organisation_id or 0
            )
            give(db.session.get_one(User, ids[name]), role, organisation)
        record = a_record("Holder", "holder@example.org", referent=db.session.get_one(User, ids["referent"]))
        reference, record_id = record.reference, record.id
        campaign = a_campaign(db.session.get_one(User, ids["holder"]), state=CampaignState.SUBMITTED, record=record)
        campaign_id, slug, reward_id, key = campaign.id, campaign.slug, campaign.rewards[0].id, preview_key(campaign)
        live = a_campaign(db.session.get_one(User, ids["lead"]), state=CampaignState.LIVE, organisation=fallback())
        live_id, live_slug = live.id, live.slug
        with transaction():
            review = Review(campaign_id=campaign_id, organisation_id=here_id, checklist_version=1, created_at=at)
            db.session.add(review)
            db.session.flush()
            request = ChangeRequest(
                review_id=review.id, field="title", reason="incomplete", text="?", asked_by_id=ids["moderator"],
                asked_at=at, sent_at=at,
            )  # fmt: skip
            action = ActionItem(record_id=record_id, text="Écrire", owner="holder", created_at=at)
            pledge = Pledge(
                public_id="pledge-of-the-scene", form_key="f", campaign_id=live_id, user_id=ids["contributor"],
                name="C", email="contributor@example.org", amount_cents=2500, state=PledgeState.AUTHORISED,
                consent_version="1", created_at=at,
            )  # fmt: skip
            db.session.add_all([request, action, pledge])
            set_text("contact_email", "contact@example.org", by=ids["admin"], at=at)
            db.session.flush()
            request_id, action_id = request.id, action.id
        money = desk_values(ids)
        clients = {
            name: sign_in(app, db.session.get_one(User, user_id), proved=name in SECONDS).client
            for name, user_id in ids.items()
        }
        clients["nobody"] = app.test_client()
        sign_in(app, db.session.get_one(User, ids["holder"]))  # the holder's other browser
        session_id = db.session.scalars(
            select(AccountSession.id).where(AccountSession.user_id == ids["holder"])
        ).first()
        values = {
            "slug": slug, "reference": reference, "record_id": record_id, "reward_id": reward_id,
            "request_id": request_id,
            "action_id": action_id, "public_id": "pledge-of-the-scene", "session_id": session_id, "key": key,
            "token": "unknown", "step": 2, "year": 2026, "name": "unknown.webp", "verb": "fermer",
            "user_id": ids["stranger"],
            "offer_id": db.session.scalars(select(Offer.id)).first(),
            "right_id": db.session.scalars(select(Right.id).where(Right.user_id == ids["moderator"])).one(), **money,
        }  # fmt: skip
    return World(app, values, live_slug, clients)


def desk_values(ids: dict[str, int]) -> dict[str, object]:
    """A campaign of the holder that has succeeded, and one of everything that the money desk decides about it."""
    slug, public_id = fill(1)
    with transaction():
        campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        campaign.owner_id = ids["holder"]
        about = {"campaign_id": campaign.id}
        payout = Payout(**about, covers_cents=1, prepared_by_id=ids["treasurer"], prepared_at=clock.now())
        cancellation = Cancellation(**about, words="x", proposed_by_id=ids["treasurer"], proposed_at=clock.now())
        db.session.add_all([payout, cancellation])
        db.session.flush()
        return {
            "paid_slug": slug, "paid_id": public_id, "payout_id": payout.id, "cancellation_id": cancellation.id,
            "refund": db.session.scalars(select(Refund.reference).order_by(Refund.id)).first(),
            "debt": db.session.scalars(select(Reversal.reference)).one(),
            "task_id": db.session.scalars(select(MoneyTask.id)).first(),
            "operation_id": db.session.scalars(select(StripeOperation.id)).first(),
        }  # fmt: skip


def sent_to_sign_in(answer) -> bool:
    return answer.status_code in {302, 303} and answer.location.startswith("/connexion?next=")


def is_refused(answer, who: str) -> bool:
    """A visitor is sent to sign in; a person hears 403, or 404 when it is about an object."""
    return sent_to_sign_in(answer) if who == "nobody" else answer.status_code in {403, 404}


def test_every_route_is_in_the_table_and_the_table_knows_no_other(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert routes == set(WHO)


def texts_key(world: World, rule: Rule) -> World:
    """`key` is a setting's name for the administrator's page."""
    key = "contact_email" if rule.endpoint == "network.edit_text" else world.values["key"]
    return World(world.app, world.values | {"key": key}, world.live, world.clients)


def test_every_page_opens_for_whom_it_should_and_for_nobody_else(world):
    wrong = []
    for rule in world.rules("GET"):
        path = texts_key(world, rule).path(rule)
        for who, client in world.clients.items():
            answer = client.get(path)
            refused = is_refused(answer, who)
            missing = answer.status_code == 404 and rule.endpoint in MAY_BE_MISSING
            if answer.status_code >= 500 and rule.endpoint != "pages.health":
                wrong.append(f"{who} GET {path}: {answer.status_code}")
            elif (
                not missing
                and refused is (who in WHO[rule.endpoint])
                and not (who == "nobody" and answer.status_code == 404)
            ):
                wrong.append(f"{who} GET {path} ({rule.endpoint}): {answer.status_code} {answer.location or ''}")
    assert wrong == []


def content(app: Flask) -> dict[str, str]:
    """A fingerprint of every table but those that only say that somebody was here."""
    left_out = {"account_sessions", "limit_hits", "territories", "worker_beats"}
    with app.app_context():
        return {
            name: hashlib.sha256(repr(db.session.execute(select(table)).all()).encode()).hexdigest()
            for name, table in db.metadata.tables.items()
            if name not in left_out
        }


def test_every_act_is_refused_to_whom_it_is_not_for(world):
    wrong = []
    for rule in world.rules("POST"):
        path = texts_key(world, rule).path(rule)
        for who, client in world.clients.items():
            answer = client.post(path)
            if answer.status_code >= 500:
                wrong.append(f"{who} POST {path}: {answer.status_code}")
            elif who in WHO[rule.endpoint]:
                if answer.status_code == 404 or sent_to_sign_in(answer):
                    wrong.append(f"{who} POST {path} ({rule.endpoint}) may: {answer.status_code}")
            elif not is_refused(answer, who):
                wrong.append(f"{who} POST {path} ({rule.endpoint}) may not: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("token", ["none", "made up", "somebody else’s"])
def test_no_act_happens_without_the_form_token_of_the_person(world, token):
    before, wrong = content(world.app), []
    foreign = token_of(world.app.test_client(), "/connexion")
    for rule in world.rules("POST"):
        path = texts_key(world, rule).path(rule)
        data = {"none": {}, "made up": {"csrf_token": "x" * 40}, "somebody else’s": {"csrf_token": foreign}}[token]
        for who in sorted(WHO[rule.endpoint]):
            world.clients[who].post(
                path, data={**data, "agrees": "yes", "verb": "ok", "reason": "parce que", "cents": "100"}
            )
        if (after := content(world.app)) != before:
            wrong.append(f"{rule.endpoint}: {[name for name in before if before[name] != after[name]]}")
            before = after
    assert wrong == []


def test_no_act_happens_for_a_page_of_another_site(world):
    for rule in world.rules("POST"):
        if rule.endpoint == "payments.webhook":
            continue
        path = texts_key(world, rule).path(rule)
        for headers in ({"Origin": "https://mal.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert world.clients["holder"].post(path, headers=headers).status_code == 403, path


def test_looking_changes_nothing(world):
    before, wrong = content(world.app), []
    for rule in world.rules("GET"):
        path = texts_key(world, rule).path(rule)
        for who in sorted(WHO[rule.endpoint] & {"holder", "lead", "admin", "contributor"}):
            world.clients[who].get(path)
        if (after := content(world.app)) != before:
            wrong.append(f"{rule.endpoint}: {[name for name in before if before[name] != after[name]]}")
            before = after
    assert wrong == []


MADE_UP = [
    "inconnu",
    "0",
    "-1",
    "999999999",
    "99999999999999999999",
    "%00",
    "%F0%9F%8C%B1",
    "..%2f..",
    "a" * 3000,
    "%E2%80%AE",
    "1e3",
]


def test_a_made_up_address_is_never_an_error_of_ours(world):
    """Every part of every address, replaced by what people and robots type."""
    wrong = []
    for rule in world.rules("GET"):
        good = texts_key(world, rule).path(rule)
        for name in rule.arguments:
            real = str({**world.values, "slug": None}.get(name) or "")
            parts = good.split("/")
            spot = next((n for n, part in enumerate(parts) if part and part == real), len(parts) - 1)
            if name == "slug":
                spot = 2
            for made_up in MADE_UP:
                path = "/".join([*parts[:spot], made_up, *parts[spot + 1 :]])
                for who in ("nobody", "holder", "lead", "admin"):
                    answer = world.clients[who].get(path)
                    if answer.status_code >= 500:
                        wrong.append(f"{who} GET {path[:80]} ({rule.endpoint}): {answer.status_code}")
    assert wrong == []


def test_somebody_elses_object_answers_like_one_that_does_not_exist(world):
    stranger = world.clients["stranger"]
    for real, unknown in [
        (f"/mes-campagnes/{world.values['slug']}", "/mes-campagnes/inconnue"),
        (f"/accompagnement/dossiers/{world.values['reference']}", "/accompagnement/dossiers/2026-21-9999"),
        (f"/moderation/{world.values['slug']}", "/moderation/inconnue"),
        ("/contributions/pledge-of-the-scene", "/contributions/unknown"),
    ]:
        mine, none = stranger.get(real), stranger.get(unknown)
        assert mine.status_code == none.status_code == 404, real


def test_a_right_acts_and_ends_at_once_and_every_older_key_dies(world):
    stranger = world.clients["stranger"]
    assert stranger.get("/administration").status_code == 403
    with world.app.app_context():
        person = db.session.scalars(select(User).where(User.email == "stranger@example.org")).one()
        again = sign_in(world.app, give(person, Role.PLATFORM_ADMIN))
    assert sent_to_sign_in(stranger.get("/administration")), "a key taken before does not grow with the role"
    assert again.get("/administration").status_code == 200
    with world.app.app_context():
        with transaction():
            right = db.session.scalars(select(Right).where(Right.user_id == again.user_id)).one()
            end_right(right, by=None, at=clock.now())
        last = sign_in(world.app, db.session.get_one(User, again.user_id))
    assert sent_to_sign_in(again.get("/administration"))
    assert last.get("/administration").status_code == 403


def test_a_password_without_its_code_opens_what_a_visitor_opens_and_no_more(world):
    """Once a second factor is on, a browser that never gave a code is nobody: at every page and every act."""
    wrong = []
    with world.app.app_context():
        for name in ("admin", "lead", "holder"):
            with_second_factor(db.session.scalars(select(User).where(User.email == f"{name}@example.org")).one())
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint in {"static", "accounts.sign_in_code"}:  # the second is the page that asks for the code
            continue
        path = texts_key(world, rule).path(rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            theirs = world.clients["nobody"].open(path, method=method)
            for name in ("admin", "lead", "holder"):
                mine = world.clients[name].open(path, method=method)
                if (mine.status_code, mine.location) != (theirs.status_code, theirs.location):
                    wrong.append(
                        f"{name} {method} {path}: {mine.status_code} {mine.location}, not {theirs.status_code}"
                    )
    assert wrong == []


def test_a_right_that_runs_out_acts_no_longer(world):
    """Nobody ended it: its last instant passed."""
    admin = world.clients["admin"]
    assert admin.get("/administration").status_code == 200
    with world.app.app_context(), transaction():
        db.session.scalars(select(Right).where(Right.role == Role.PLATFORM_ADMIN)).one().ends_at = clock.now()
    assert admin.get("/administration").status_code == 403
