"""Who holds a campaign in law: asked in the first step, needed to send, shown to all, forgotten with the person."""

from __future__ import annotations

import html as pages
import re

import pytest

from app.accounts import services as accounts
from app.accounts.models import User
from app.campaigns import closing_services, readiness, services, snapshots
from app.campaigns.drafting import set_identity
from app.campaigns.errors import NotReady
from app.campaigns.identity_rules import HolderKind, Identity, fitting, forgotten, missing
from app.campaigns.models import Campaign, Snapshot
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from tests.accounts.people import words
from tests.builders import a_campaign, a_user
from tests.campaigns.conftest import MALAIN, Desk, an_account, fill

PROJECT = {"title": "Le four", "tagline": "", "commune": MALAIN, "theme": ""}
ASSOCIATION = {"holder_kind": "association", "legal_name": "Les fours de Mâlain", "registration": "w 000 000 001",
               "representative": "Camille Fontbelle, présidente"}  # fmt: skip
COMPANY = {"holder_kind": "company", "legal_name": "Fournil partagé", "legal_form": "SCIC",
           "registration": "000 000 018", "representative": "Camille Fontbelle, gérante"}  # fmt: skip
SECRET = "Albertine Quatremaille"


def identity(desk: Desk) -> Identity:
    return desk.read(lambda c: c.identity)


def is_lacking(desk: Desk) -> bool:
    return "identity" in desk.read(lambda c: {line.code for line in readiness.blocking(c, "active")})


# -- the rules ---------------------------------------------------------------------------------


def test_each_kind_needs_its_own_words_and_keeps_no_others():
    whole = Identity("", "Nom", "SARL", "000000018", "Quelqu’un")
    assert fitting(whole) == whole, "nothing typed is lost before the kind is chosen"
    assert fitting(Identity(HolderKind.PERSON, *whole_words())) == Identity(HolderKind.PERSON, "Nom")
    assert fitting(Identity(HolderKind.ASSOCIATION, *whole_words())).form == ""
    assert missing(whole) == ("kind",)
    assert missing(Identity(HolderKind.PERSON)) == ("name",)
    assert missing(Identity(HolderKind.ASSOCIATION)) == ("name", "number", "representative")
    assert missing(Identity(HolderKind.COMPANY)) == ("name", "form", "number", "representative")
    assert missing(Identity(HolderKind.COMPANY, *whole_words())) == ()
    assert missing(Identity("emperor", *whole_words())) == ("kind",)


def test_what_a_kind_has_not_is_not_written_whoever_writes_it():
    campaign = Campaign()
    set_identity(campaign, Identity("person", *whole_words()))
    assert campaign.identity == Identity("person", "Nom")
    assert (campaign.legal_form, campaign.registration, campaign.representative) == (None, None, None)


def whole_words(number: str = "000000018") -> tuple[str, str, str, str]:
    return "Nom", "SARL", number, "Quelqu’un"


def test_a_company_has_no_rna_and_an_association_may_have_either():
    assert missing(Identity(HolderKind.COMPANY, *whole_words("W000000001"))) == ("number",)
    assert missing(Identity(HolderKind.ASSOCIATION, *whole_words("W000000001"))) == ()
    assert missing(Identity(HolderKind.ASSOCIATION, *whole_words("000000018"))) == ()
    assert missing(Identity(HolderKind.ASSOCIATION, *whole_words("000000019"))) == ("number",)


def test_only_an_organisation_that_people_gave_to_outlives_the_account_and_no_name_of_a_person_does():
    company = Identity(HolderKind.COMPANY, *whole_words())
    assert forgotten(company, was_public=False) == Identity()
    assert forgotten(company, was_public=True) == Identity(HolderKind.COMPANY, "Nom", "SARL", "000000018")
    assert forgotten(Identity(HolderKind.PERSON, "Nom"), was_public=True) == Identity(HolderKind.PERSON)
    assert forgotten(Identity("", "Nom", representative="X"), was_public=True) == Identity()


# -- the form ----------------------------------------------------------------------------------


def test_a_draft_may_lack_all_of_it_and_nothing_shows(desk: Desk):
    assert desk.save("projet", **PROJECT).status_code == 303
    assert identity(desk) == Identity()
    assert is_lacking(desk)
    page = words(desk.holder.get(desk.page("calendrier")))
    assert "Qui porte la campagne, légalement" in page
    assert "le choix entre une personne, une association ou une autre structure" in page
    assert "Forme juridique" not in words(desk.holder.get(f"/mes-campagnes/{desk.slug}/apercu"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (ASSOCIATION,
         Identity("association", "Les fours de Mâlain", "", "W000000001", "Camille Fontbelle, présidente")),
        (COMPANY, Identity("company", "Fournil partagé", "SCIC", "000000018", "Camille Fontbelle, gérante")),
        ({**COMPANY, "holder_kind": "person"}, Identity("person", "Fournil partagé")),
        ({**ASSOCIATION, "registration": "000000018", "legal_form": "SARL"},
         Identity("association", "Les fours de Mâlain", "", "000000018", "Camille Fontbelle, présidente")),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_as_its_kind_has_it_and_a_second_click_changes_nothing(desk: Desk, typed, kept):
    for _ in range(2):
        assert desk.save("projet", **PROJECT, **typed).status_code == 303
        assert identity(desk) == kept
    assert not is_lacking(desk)
    shown = desk.holder.get(desk.page("projet")).get_data(as_text=True)
    assert kept.name in pages.unescape(shown)
    ticked = re.search(r'<input checked[^>]*name="holder_kind"[^>]*value="(\w+)"', shown)
    assert ticked
    assert ticked[1] == kept.kind


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        ("000 000 019", "company", "Ce numéro SIREN n’est pas juste"),
        ("W000000001", "company", "Ce numéro SIREN n’est pas juste"),
        ("732 829 320 00074", "company", "C’est un numéro SIRET"),
        ("W12", "association", "un RNA la lettre W et neuf chiffres"),
        ("000000000", "association", "un RNA la lettre W et neuf chiffres"),
        ("12345678901234567890123", "association", "Ce texte est trop long"),
        ("<script>", "", "un RNA la lettre W et neuf chiffres"),
    ],
)
def test_a_wrong_number_is_refused_in_words_and_stays_in_the_form(desk: Desk, number, kind, said):
    answer = desk.save("projet", **PROJECT, **{**COMPANY, "holder_kind": kind, "registration": number})
    page = pages.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert said in page
    assert number.replace(" ", "").upper()[:12] in page.replace(" ", "").upper()
    assert "Fournil partagé" in page
    assert identity(desk) == Identity()


@pytest.mark.parametrize(("field", "most"), [("legal_name", 160), ("legal_form", 60), ("representative", 120)])
def test_an_overlong_or_hostile_name_is_refused_or_shown_as_text(desk: Desk, field, most):
    assert desk.save("projet", **PROJECT, **{**COMPANY, field: "é" * (most + 1)}).status_code == 422
    assert desk.save("projet", **PROJECT, **{**COMPANY, field: "é" * most}).status_code == 303
    evil = "<script>alert(1)</script>"
    assert desk.save("projet", **PROJECT, **{**COMPANY, field: evil}).status_code == 303
    preview = desk.holder.get(f"/mes-campagnes/{desk.slug}/apercu").get_data(as_text=True)
    assert evil not in preview
    assert "&lt;script&gt;alert(1)" in preview


def test_a_kind_that_is_none_is_refused(desk: Desk):
    assert desk.save("projet", **PROJECT, holder_kind="emperor", legal_name="X").status_code == 422
    assert identity(desk) == Identity()


def test_a_second_tab_is_told_and_its_own_autosave_is_no_rival(desk: Desk):
    seen = desk.version("projet")
    person = {**COMPANY, "holder_kind": "person"}  # what a person has not is in the tab still, and is not kept
    fetched = desk.send("projet", {**PROJECT, **person, "version": seen}, headers={"X-Requested-With": "fetch"})
    assert fetched.status_code == 200
    assert desk.send("projet", {**PROJECT, **person, "version": seen}).status_code == 303
    late = desk.send("projet", {**PROJECT, **ASSOCIATION, "version": seen})
    assert late.status_code == 409
    assert "Une association" in pages.unescape(late.get_data(as_text=True))
    assert identity(desk).kind == "person"


def test_a_stranger_types_into_nobodys_identity(desk: Desk):
    answer = desk.stranger.post(desk.page("projet"), {**PROJECT, **COMPANY}, page="/projets/nouveau")
    assert answer.status_code in {403, 404}
    assert identity(desk) == Identity()


# -- sending, approving, opening ---------------------------------------------------------------


def test_a_campaign_is_not_sent_before_it_says_who_holds_it(desk: Desk):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
    assert (
        desk.save(
            "projet", **PROJECT | {"tagline": "Du pain.", "theme": "food"}, holder_kind="company", legal_name=""
        ).status_code
        == 303
    )
    page = words(desk.holder.get(desk.page("calendrier")))
    assert "Il manque : le nom légal, la forme juridique, le numéro SIREN ou RNA, la personne qui représente" in page
    with desk.app.app_context():
        campaign = one(desk)
        with pytest.raises(NotReady), transaction():
            services.submit(campaign, by=desk.holder.user_id, at=clock.now())


def one(desk: Desk) -> Campaign:
    return db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()


def before_it_was_asked(campaign: Campaign) -> None:
    """As the migration leaves it: no word in the row, and snapshots that do not know the field."""
    campaign.holder_kind = campaign.legal_name = campaign.legal_form = campaign.registration = None
    campaign.representative = None
    for kept in db.session.scalars(db.select(Snapshot).where(Snapshot.campaign_id == campaign.id)):
        content = {name: value for name, value in kept.content.items() if name != "holder"}
        kept.content = {**content, "rewards": [line[:6] for line in content["rewards"]]}  # nor how one is sent


def test_a_campaign_approved_before_it_was_asked_opens_and_stays(desk: Desk):
    fill(desk)
    desk.save_any("contreparties", title="Une miche", amount="15", nature="thanks")
    with desk.app.app_context():
        an_account(desk.holder.user_id)
        at = clock.now()
        with transaction():
            services.submit(one(desk), by=desk.holder.user_id, at=at)
            services.approve(one(desk), by=desk.stranger.user_id, at=at)
        with transaction():
            before_it_was_asked(one(desk))
        with transaction():
            assert not snapshots.has_changed_since_approval(one(desk))
            services.choose_opening(one(desk), opens_on=clock.paris_day(at).date(), by=desk.holder.user_id, at=at)
            services.go_live(one(desk), at=at)
    public = words(desk.app.test_client().get(f"/campagnes/{desk.slug}"))
    assert "Qui porte le projet" in public
    assert "renseigné" not in public
    assert "Forme juridique" not in public
    mine = words(desk.holder.get(f"/mes-campagnes/{desk.slug}"))
    assert "Non renseigné." in mine
    assert desk.save("histoire", story="Un mot de plus.", if_missed="Rien").status_code == 303
    assert desk.read(lambda c: c.state) == CampaignState.LIVE


def test_an_identity_that_changes_after_the_approval_does_not_go_on_line(desk: Desk):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
        with transaction():
            services.submit(one(desk), by=desk.holder.user_id, at=clock.now())
            services.approve(one(desk), by=desk.stranger.user_id, at=clock.now())
            assert not snapshots.has_changed_since_approval(one(desk))
            one(desk).legal_name = "Quelqu’un d’autre"
            assert snapshots.has_changed_since_approval(one(desk))


# -- shown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"holder_kind": "person", "legal_name": "Louise Aubrac", "registration": None},
         "Au nom de Louise Aubrac Forme juridique Une personne, en son propre nom Reçoit l’argent"),
        ({"holder_kind": "association", "legal_name": "Les fours", "registration": "W000000001",
          "representative": "L. Aubrac"}, "Forme juridique Association RNA W000000001 Représentée par L. Aubrac"),
        ({"holder_kind": "company", "legal_name": "Les fours", "legal_form": "SCIC", "registration": "000000018",
          "representative": "L. Aubrac"}, "Forme juridique SCIC SIREN 000 000 018 Représentée par L. Aubrac"),
    ],
)  # fmt: skip
def test_the_public_reads_who_holds_it_and_no_address(app, client, said, shown):
    with app.app_context():
        campaign = a_campaign(a_user("Louise Aubrac"), state=CampaignState.LIVE)
        campaign_id, slug = campaign.id, campaign.slug
        with transaction():
            for name, value in said.items():
                setattr(db.session.get_one(Campaign, campaign_id), name, value)
    assert shown in words(client.get(f"/campagnes/{slug}"))


def test_a_new_campaign_from_an_old_one_keeps_its_holder(app):
    with app.app_context():
        owner = a_user()
        old = a_campaign(owner, state=CampaignState.SETTLED)
        with transaction():
            old = db.session.get_one(Campaign, old.id)
            old.holder_kind, old.legal_name, old.legal_form = HolderKind.COMPANY, "Fournil", "SCIC"
            old.registration, old.representative = "000000018", "C. F."
            old.rewards[0].postage, old.rewards[0].postage_words = "extra", "6 € en France"
            made = closing_services.duplicate(
                old, by=db.session.get_one(User, owner.id), title="Encore un four", pictures=[], at=clock.now()
            )
            db.session.flush()
            assert made.id != old.id
            assert made.identity == old.identity == Identity("company", "Fournil", "SCIC", "000000018", "C. F.")
            assert (made.rewards[0].postage, made.rewards[0].postage_words) == ("extra", "6 € en France")


# -- forgotten ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "state", "left"),
    [
        ("person", CampaignState.SETTLED, Identity("person")),
        ("company", CampaignState.SETTLED, Identity("company", "Fournil", "SCIC", "000000018")),
        ("company", CampaignState.REFUSED, Identity()),
        ("person", CampaignState.DRAFT, Identity()),
    ],
)
def test_who_closes_their_account_leaves_no_name_behind_not_even_in_what_reviewers_kept(app, client, kind, state, left):
    with app.app_context():
        owner, other = a_user(), a_user()
        mine, theirs = a_campaign(owner, state=state), a_campaign(other, state=state)
        owner_id, ids, slug = owner.id, (mine.id, theirs.id), mine.slug
        with transaction():
            for campaign_id in ids:
                campaign = db.session.get_one(Campaign, campaign_id)
                campaign.holder_kind, campaign.legal_form = kind, "SCIC"
                campaign.legal_name, campaign.registration = SECRET if kind == "person" else "Fournil", "000000018"
                campaign.representative = SECRET
                snapshots.take(campaign, "submitted", at=clock.now())
        with transaction():
            accounts.close_account(db.session.get_one(User, owner_id), by=owner_id, at=clock.now())
        row, other_row = (db.session.get_one(Campaign, campaign_id) for campaign_id in ids)
        assert row.identity == left
        assert other_row.representative == SECRET, "somebody else’s campaign"
        for kept in db.session.scalars(db.select(Snapshot).where(Snapshot.campaign_id == ids[0])):
            assert SECRET not in str(kept.content)
            assert kept.content["title"], "the rest of it stays as it was read"
    if state == CampaignState.SETTLED:
        assert SECRET not in words(client.get(f"/campagnes/{slug}"))
