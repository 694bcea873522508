"""Puts the reference data into the database: places, organisations, programmes, first offers.

May be repeated at any time: places follow the file, everything that people edit is only added when missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, insert, select, update

from app.core.database import Model, db
from app.network.areas import OWN_KINDS
from app.network.communes import DATA
from app.network.models import (
    Consortium,
    ConsortiumMember,
    Offer,
    Organisation,
    OrganisationKind,
    Programme,
    ProgrammeTemplate,
    Territory,
    TerritoryKind,
    TerritoryPart,
)
from app.network.rules import search_form, typographic

REGION_CODE = "R27"


def load() -> dict[str, int]:
    """Load what is missing; the caller commits. Returns how many of each there are now."""
    places = json.loads((DATA / "territories-bfc.json").read_text("utf-8"))
    network = json.loads((DATA / "organisations-bfc.json").read_text("utf-8"))
    _load_territories(_territories(places))
    _load_areas(network["areas"])
    _load_programmes(network["programmes"])
    new_organisations = _load_organisations(network["organisations"], network["fallback"])
    _load_offers(network["offers"], new_organisations)
    _load_consortia(network["consortia"])
    db.session.flush()
    return counts()


TABLES: tuple[tuple[str, type[Model]], ...] = (
    ("organisation", Organisation), ("programme", Programme), ("offer", Offer), ("consortium", Consortium),
)  # fmt: skip


def also(app: Flask, words: str, load_more: Callable[[], int]) -> None:
    """A room to the right has first data, too: loaded by the same command, it says how many there are."""
    app.extensions.setdefault("also_loaded", []).append((words, load_more))


def load_also() -> list[tuple[str, int]]:
    """(words, how many) of the other rooms; the caller commits."""
    return [(words, load_more()) for words, load_more in current_app.extensions.get("also_loaded", [])]


def counts() -> dict[str, int]:
    by_kind = db.session.execute(select(Territory.kind, func.count()).group_by(Territory.kind))
    found = {str(kind): int(count) for kind, count in by_kind}
    order = (TerritoryKind.REGION, TerritoryKind.DEPARTEMENT, TerritoryKind.EPCI, TerritoryKind.COMMUNE, *OWN_KINDS)
    report = {str(kind): found.get(kind, 0) for kind in order}
    for name, table in TABLES:
        report[name] = db.session.scalar(select(func.count()).select_from(table)) or 0
    return report


def _row(code: str, kind: TerritoryKind, name: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "departement_code": None, "epci_code": None, "postal_codes": [], "population": None,
        "is_homonym": False, "longitude": None, "latitude": None,
        "starts_on": None, "ends_on": None,
    }  # fmt: skip
    printed = typographic(name)
    return {"code": code, "kind": kind, "name": printed, "search_name": search_form(name), **empty, **more}


def _territories(places: dict[str, Any]) -> list[dict[str, Any]]:
    region = places["about"]["region"]
    rows = [_row(REGION_CODE, TerritoryKind.REGION, region["nom"], population=region["population"])]
    for d in places["departements"]:
        rows.append(_row(d["code"], TerritoryKind.DEPARTEMENT, d["nom"], population=d["population"]))
    for e in places["epci"]:
        about = {"departement_code": e["departement"], "population": e["population"]}
        rows.append(_row(e["code"], TerritoryKind.EPCI, e["nom"], **about))
    columns = places["communes"]["columns"]
    communes = [dict(zip(columns, line, strict=True)) for line in places["communes"]["rows"]]
    times = Counter(search_form(c["nom"]) for c in communes)
    for c in communes:
        about = {
            "departement_code": c["departement"], "epci_code": c["epci"], "postal_codes": c["cp"],
            "population": c["population"], "longitude": c["lon"], "latitude": c["lat"],
            "is_homonym": times[search_form(c["nom"])] > 1,
        }  # fmt: skip
        rows.append(_row(c["code"], TerritoryKind.COMMUNE, c["nom"], **about))
    return rows


def _load_territories(rows: list[dict[str, Any]]) -> None:
    columns = list(Territory.__table__.columns)
    stored = {row["code"]: dict(row) for row in db.session.execute(select(*columns)).mappings()}
    missing = [row for row in rows if row["code"] not in stored]
    changed = [row for row in rows if row["code"] in stored and row != stored[row["code"]]]
    if missing:
        db.session.execute(insert(Territory), missing)
    if changed:
        db.session.execute(update(Territory), changed)


def _load_programmes(lines: list[dict[str, Any]]) -> None:
    known = set(db.session.scalars(select(Programme.code)))
    new = [Programme(**line) for line in lines if line["code"] not in known]
    db.session.add_all(new)
    db.session.flush()
    db.session.add_all(
        ProgrammeTemplate(programme_id=p.id, version=p.template_version, steps=list(p.steps)) for p in new
    )


def _load_areas(lines: list[dict[str, Any]]) -> None:
    """First QPV and custom areas: their communes are the network's to correct."""
    known = set(db.session.scalars(select(Territory.code)))
    for line in lines:
        if line["code"] in known:
            continue
        db.session.execute(insert(Territory), [_row(line["code"], TerritoryKind(line["kind"]), line["name"])])
        db.session.add_all(TerritoryPart(territory_code=line["code"], part_code=part) for part in line["parts"])


def _load_consortia(lines: list[dict[str, Any]]) -> None:
    """Groups with their members, dates as the sources give them; once each, then the administrator decides."""
    known = set(db.session.scalars(select(Consortium.slug)))
    organisations = {o.slug: o.id for o in db.session.scalars(select(Organisation))}
    for line in lines:
        if line["slug"] in known:
            continue
        group = Consortium(
            slug=line["slug"], name=line["name"], kind=line["kind"], source=line["source"],
            lead_organisation_id=organisations.get(line["lead"] or ""), **_days(line),
        )  # fmt: skip
        db.session.add(group)
        db.session.flush()
        db.session.add_all(
            ConsortiumMember(
                consortium_id=group.id, organisation_id=organisations[m["organisation"]], source=m["source"], **_days(m)
            )
            for m in line["members"]
        )


def _days(line: dict[str, Any]) -> dict[str, date | None]:
    return {name: date.fromisoformat(line[name]) if line[name] else None for name in ("starts_on", "ends_on")}


def _load_organisations(lines: list[dict[str, Any]], fallback: dict[str, Any]) -> set[str]:
    """Add organisations by slug (a renamed one keeps its slug); returns the slugs that were missing."""
    known = set(db.session.scalars(select(Organisation.slug)))
    new = [line for line in lines if line["slug"] not in known]
    for line in new:
        about = {key: value for key, value in line.items() if key != "commune"}
        db.session.add(Organisation(**about, commune_code=line["commune"]))
    if db.session.scalar(select(Organisation.id).where(Organisation.is_fallback)) is None:
        db.session.add(Organisation(**fallback, kind=OrganisationKind.NETWORK, is_fallback=True))
    db.session.flush()
    return {line["slug"] for line in new}


def _load_offers(lines: list[dict[str, Any]], new_organisations: set[str]) -> None:
    """First offers come with their organisation, once: later the administrator alone decides."""
    organisations = {o.slug: o.id for o in db.session.scalars(select(Organisation))}
    programmes = {p.code: p.id for p in db.session.scalars(select(Programme))}
    for line in lines:
        if line["organisation"] in new_organisations:
            db.session.add(
                Offer(
                    organisation_id=organisations[line["organisation"]],
                    programme_id=programmes[line["programme"]],
                    territory_code=line["territory"],
                    starts_on=date.fromisoformat(line["starts_on"]),
                    to_confirm=line["to_confirm"],
                )
            )
