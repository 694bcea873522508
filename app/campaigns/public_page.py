"""The public page of a campaign, read with Core selects of columns: no row object is built for a visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    CompoundSelect,
    bindparam,
    case,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.campaigns.identity_rules import Identity
from app.campaigns.models import BudgetLine, Campaign, CampaignMember, CampaignValue, Picture, Reward
from app.campaigns.rules import AFTER_VERDICT, PUBLIC, CampaignState, is_open, shown
from app.core.database import db
from app.core.errors import NotFound
from app.network.models import Organisation, Territory
from app.payments import environment
from app.payments.models import PaymentAccount


@dataclass(frozen=True)
class Image:
    """One width of the photograph, in pixels; `url` without host."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class RewardLine:
    """A contrepartie as shown; stock None = unlimited."""

    id: int
    title: str
    description: str
    nature: str
    amount_cents: int
    stock_total: int | None
    stock_left: int | None
    promised_count: int
    delivery_month: date | None
    postage: str | None
    postage_words: str | None


@dataclass(frozen=True)
class ValueLine:
    value: str
    argument: str


@dataclass(frozen=True)
class MoneyLine:
    label: str
    amount_cents: int


@dataclass(frozen=True)
class Page:
    """Everything the page shows that this room knows. Amounts in cents; `story_html` is already safe."""

    id: int
    slug: str
    state: str
    kind: str
    title: str
    tagline: str
    story_html: str
    if_missed: str
    theme: str
    commune_code: str | None
    commune_name: str
    epci_code: str | None
    departement_code: str | None
    departement_name: str
    goal_cents: int | None
    optimum_cents: int | None
    raised_cents: int
    backers_count: int
    opens_at: datetime | None
    closes_at: datetime | None
    approved_at: datetime | None
    edited_at: datetime | None
    verdict_at: datetime | None
    verdict_raised_cents: int | None
    verdict_backers_count: int | None
    fee_bps: int
    owner_id: int
    holder_name: str
    reviewed_by: (
        str  # the organisation that answers in the commune: chosen by the place, never by a coaching; "": the network
    )
    account_status: str
    account_checked_at: datetime | None
    coaching_record_id: int | None
    page_version: int
    closing_html: str | None
    closing_at: datetime | None
    picture_alt: str
    identity: Identity
    images: tuple[Image, ...] = ()
    values: tuple[ValueLine, ...] = ()
    uses: tuple[MoneyLine, ...] = ()
    resources: tuple[MoneyLine, ...] = ()
    team: tuple[str, ...] = ()
    rewards: tuple[RewardLine, ...] = ()

    @property
    def picture_url(self) -> str:
        return self.images[-1].url if self.images else ""

    @property
    def shown_cents(self) -> int:
        return shown(self.state, self.raised_cents, self.verdict_raised_cents)

    @property
    def shown_backers(self) -> int:
        return shown(self.state, self.backers_count, self.verdict_backers_count)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def is_after_verdict(self) -> bool:
        return self.state in AFTER_VERDICT

    @property
    def verified_at(self) -> datetime | None:
        """When Stripe last said that it knows who receives the money; None while it does not say so.

        A kept page tells it at most a day late: its key names the day.
        """
        return self.account_checked_at if self.account_status == "active" else None

    def is_open(self, at: datetime) -> bool:
        return is_open(CampaignState(self.state), self.closes_at, at)

    def stamp(self, at: datetime) -> Stamp:
        return Stamp(self.id, self.page_version, self.is_open(at))


def newest_picture(column: Any) -> Any:
    """The value of a column of the campaign's last photograph, as a correlated sub-select."""
    return (
        select(column)
        .where(Picture.campaign_id == Campaign.id)
        .order_by(Picture.id.desc())
        .limit(1)
        .correlate(Campaign)
        .scalar_subquery()
    )


Departement = aliased(Territory)
_SLUG: BindParameter[Any] = bindparam("slug")
_ID: BindParameter[Any] = bindparam("id")

_STAMP = select(Campaign.id, Campaign.page_version, Campaign.state, Campaign.closes_at).where(
    Campaign.slug == _SLUG, Campaign.state.in_(PUBLIC)
)
_MAIN = (
    select(
        Campaign.id, Campaign.slug, Campaign.state, Campaign.kind, Campaign.title, Campaign.tagline,
        Campaign.story_html, Campaign.if_missed, Campaign.theme, Campaign.commune_code, Campaign.departement_code,
        Campaign.goal_cents, Campaign.optimum_cents, Campaign.raised_cents, Campaign.backers_count,
        Campaign.opens_at, Campaign.closes_at, Campaign.approved_at, Campaign.edited_at,
        Campaign.verdict_at, Campaign.verdict_raised_cents, Campaign.verdict_backers_count, Campaign.fee_bps,
        Campaign.owner_id, Campaign.coaching_record_id, Campaign.page_version,
        Campaign.closing_html, Campaign.closing_at,
        Campaign.holder_kind, Campaign.legal_name, Campaign.legal_form, Campaign.registration, Campaign.representative,
        Territory.name.label("commune_name"), Territory.epci_code, Departement.name.label("departement_name"),
        User.name.label("holder_name"),
        case((Organisation.is_fallback, ""), else_=Organisation.name).label("reviewed_by"),
        PaymentAccount.status.label("account_status"), PaymentAccount.checked_at.label("account_checked_at"),
        newest_picture(Picture.renditions).label("renditions"),
        newest_picture(Picture.alternative).label("picture_alt"),
    )
    .join(User, User.id == Campaign.owner_id)
    .outerjoin(Territory, Territory.code == Campaign.commune_code)
    .outerjoin(Departement, Departement.code == Campaign.departement_code)
    .outerjoin(Organisation, Organisation.id == Campaign.organisation_id)
    .outerjoin(
        PaymentAccount, (PaymentAccount.user_id == Campaign.owner_id) & (PaymentAccount.psp_env == environment.CURRENT)
    )
    .where(Campaign.slug == _SLUG)
)  # fmt: skip
HELD_BY = ("holder_kind", "legal_name", "legal_form", "registration", "representative")  # as `Identity` names them
_NOTHING: ColumnClause[str] = literal_column("''")
_ZERO: ColumnClause[int] = literal_column("0")
_PARTS: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'value'").label("kind"), CampaignValue.value.label("name"),
        CampaignValue.argument.label("words"), _ZERO.label("cents"), CampaignValue.id.label("place"),
    ).where(CampaignValue.campaign_id == _ID),
    select(BudgetLine.side, BudgetLine.label, _NOTHING, BudgetLine.amount_cents, BudgetLine.position).where(
        BudgetLine.campaign_id == _ID
    ),
    select(literal_column("'team'"), User.name, _NOTHING, _ZERO, CampaignMember.id)
    .join(User, User.id == CampaignMember.user_id)
    .where(CampaignMember.campaign_id == _ID, CampaignMember.ended_at.is_(None)),
).order_by("place")  # fmt: skip
_REWARDS = (
    select(
        Reward.id, Reward.title, Reward.description, Reward.nature, Reward.amount_cents, Reward.stock_total,
        Reward.stock_left, Reward.promised_count, Reward.delivery_month, Reward.postage, Reward.postage_words,
    )
    .where(Reward.campaign_id == _ID)
    .order_by(Reward.amount_cents, Reward.id)
)  # fmt: skip


@dataclass(frozen=True)
class Stamp:
    """What tells a fresh page from a stale one, in one statement."""

    campaign_id: int
    page_version: int
    is_open: bool


def find_stamp(slug: str, at: datetime) -> Stamp | None:
    """None when the public may not see it."""
    row = db.session.execute(_STAMP, {"slug": slug}).first()
    if row is None:
        return None
    return Stamp(row.id, row.page_version, is_open(CampaignState(row.state), row.closes_at, at))


def page_of(slug: str) -> Page:
    """Three statements, whatever the state: the caller decides who may see it. Errors: NotFound."""
    main = db.session.execute(_MAIN, {"slug": slug}).first()
    if main is None:
        raise NotFound
    parts = db.session.execute(_PARTS, {"id": main.id}).all()
    columns = dict(main._mapping)
    columns["images"] = _images(columns.pop("renditions"))
    columns["identity"] = Identity(*(columns.pop(name) or "" for name in HELD_BY))
    for name in ("commune_name", "departement_name", "picture_alt", "reviewed_by", "account_status"):
        columns[name] = columns[name] or ""
    return Page(
        **columns,
        values=tuple(ValueLine(p.name, p.words) for p in parts if p.kind == "value"),
        uses=_money(parts, "use"),
        resources=_money(parts, "resource"),
        team=tuple(p.name for p in parts if p.kind == "team"),
        rewards=tuple(RewardLine(*row) for row in db.session.execute(_REWARDS, {"id": main.id})),
    )


def _money(parts: Any, side: str) -> tuple[MoneyLine, ...]:
    found = [MoneyLine(p.name, p.cents) for p in parts if p.kind == side]
    return tuple(sorted(found, key=lambda line: -line.amount_cents))


def _images(renditions: list[dict[str, Any]] | None) -> tuple[Image, ...]:
    return tuple(Image(f"/{r['name']}", int(r["width"]), int(r["height"])) for r in renditions or ())


def smallest_image(renditions: list[dict[str, Any]] | None) -> str:
    """The address of the picture for a card; "" when there is none."""
    images = _images(renditions)
    return images[0].url if images else ""
