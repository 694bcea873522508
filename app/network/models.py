"""Territories, organisations, programmes and their offers, and the rights given to people."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.access import Role
from app.core.database import Model


class TerritoryKind(StrEnum):
    REGION = "region"
    DEPARTEMENT = "departement"
    EPCI = "epci"
    COMMUNE = "commune"
    QPV = "qpv"
    CUSTOM = "custom"


class Territory(Model):
    """A place. `code`: INSEE for commune and département (« 21231 », « 21 »), SIREN for EPCI, « 27 » region
    is stored as « R27 » (a département could bear that number)."""

    __tablename__ = "territories"
    __table_args__ = (Index("ix_territories_kind_search", "kind", "search_name"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[TerritoryKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(160))
    search_name: Mapped[str] = mapped_column(String(160))
    departement_code: Mapped[str | None] = mapped_column(String(3), index=True)
    epci_code: Mapped[str | None] = mapped_column(String(20), index=True)
    postal_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    population: Mapped[int | None] = mapped_column()
    is_homonym: Mapped[bool] = mapped_column(default=False)  # another commune of the region has this name
    longitude: Mapped[float | None] = mapped_column()
    latitude: Mapped[float | None] = mapped_column()
    starts_on: Mapped[date | None] = mapped_column()  # QPV and custom areas only; both days included
    ends_on: Mapped[date | None] = mapped_column()


class TerritoryPart(Model):
    """A QPV or a custom area is made of communes, intercommunalities or départements (`part_code`)."""

    __tablename__ = "territory_parts"

    territory_code: Mapped[str] = mapped_column(ForeignKey("territories.code"), primary_key=True)
    part_code: Mapped[str] = mapped_column(ForeignKey("territories.code"), primary_key=True, index=True)


class OrganisationKind(StrEnum):
    SUPPORT = "support"
    NETWORK = "network"  # the fallback queue's owner: the network itself


class Organisation(Model):
    """A support organisation (structure d'appui). `is_fallback`: the one that answers where nobody does."""

    __tablename__ = "organisations"
    __table_args__ = (
        Index(
            "ix_organisations_one_fallback",
            "is_fallback",
            unique=True,
            sqlite_where=text("is_fallback"),
            postgresql_where=text("is_fallback"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    kind: Mapped[OrganisationKind] = mapped_column(String(20), default=OrganisationKind.SUPPORT)
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("territories.code"))
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_fallback: Mapped[bool] = mapped_column(default=False)
    to_confirm: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Programme(Model):
    """A dispositif. `steps`: the ordered names of its free pedagogical steps, those of `template_version`."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    template_version: Mapped[int] = mapped_column(default=1)
    is_coaching: Mapped[bool] = mapped_column(default=True)  # False for "campaign": a review, no record


class ProgrammeTemplate(Model):
    """The steps of a programme in one version: never changed, so that a record keeps those it began with."""

    __tablename__ = "programme_templates"
    __table_args__ = (
        UniqueConstraint("programme_id", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    version: Mapped[int] = mapped_column()
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime | None] = mapped_column()  # None: came with the reference data


class OfferLevel(StrEnum):
    """The four levels of Guid'Asso, from the least to the most precise help."""

    ORIENTATION = "orientation"
    INFORMATION = "information"
    GENERALIST = "generalist"
    SPECIALIST = "specialist"


class Offer(Model):
    """An organisation offers a programme on a territory between two days (both included; None = open).

    `capacity`: records that it follows at the same time, None = it did not say. `accepts`: takes new people.
    """

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("organisation_id", "programme_id", "territory_code", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    territory_code: Mapped[str] = mapped_column(ForeignKey("territories.code"), index=True)
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()
    to_confirm: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(300), default="")
    ended_reason: Mapped[str] = mapped_column(String(300), default="")
    capacity: Mapped[int | None] = mapped_column()
    accepts: Mapped[bool] = mapped_column(default=True, server_default=true())
    level: Mapped[OfferLevel | None] = mapped_column(String(20))
    sectors: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # it keeps to these; None: to none

    organisation: Mapped[Organisation] = relationship()
    programme: Mapped[Programme] = relationship()
    territory: Mapped[Territory] = relationship()


class Right(Model):
    """(user, role, organisation, from, to): acts at once, ends at once. Never deleted, only ended."""

    __tablename__ = "rights"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_it_starts"),
        CheckConstraint(
            "organisation_id IS NOT NULL OR role IN ('platform_admin', 'treasurer', 'observer')",
            name="has_its_organisation",
        ),
        Index("ix_rights_user_id_ends_at", "user_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role] = mapped_column(String(30))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime | None] = mapped_column()
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation | None] = relationship()


class ConsortiumKind(StrEnum):
    CONTRACT = "contract"
    THEMATIC = "thematic"
    NETWORK = "network"


class Consortium(Model):
    """Organisations under one contract or one name (groupement). The lead (mandataire) reports for them.

    Days are both included; None: not known, or until further notice. `source` says where they come from.
    """

    __tablename__ = "consortia"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[ConsortiumKind] = mapped_column(String(20))
    lead_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    starts_on: Mapped[date | None] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column()

    lead_organisation: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ConsortiumMember(Model):
    """An organisation belongs to a consortium from a day to a day; one row a period, ended and never deleted."""

    __tablename__ = "consortium_members"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortia.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    starts_on: Mapped[date | None] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")

    consortium: Mapped[Consortium] = relationship()
    organisation: Mapped[Organisation] = relationship()
