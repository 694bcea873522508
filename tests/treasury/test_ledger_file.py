"""The ledger as a file: every entry, formula-safe, for a treasurer with a fresh code, written down, in flat memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.payments import ledger_lines
from app.payments.models import LedgerEntry, LedgerTransaction
from app.treasury import ledger_file
from tests.builders import Visitor
from tests.money import back
from tests.support.days import day_of
from tests.support.scene import Scene
from tests.treasury.support import person, treasurer

PAGE = "/tresorerie/livre"


def days(scene: Scene, **more: str) -> dict[str, str]:
    with scene.app.app_context():
        today = day_of(clock.now())
    return {"since": str(today - timedelta(days=40)), "until": str(today), **more}


def take(who: Visitor, scene: Scene, kind: str) -> bytes:
    answer = who.post(PAGE, days(scene, kind=kind))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=grand-livre-")
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.get_data())


def busy(scene: Scene) -> None:
    _, (gift, _) = back.passed_on(scene, 100_00, 60_00)
    back.give_back(scene, gift, 30_00)


def booked(scene: Scene) -> list[int]:
    with scene.app.app_context():
        return list(db.session.scalars(select(LedgerEntry.amount_cents).order_by(LedgerEntry.id)))


def test_the_csv_holds_every_entry_and_adds_up_to_zero(scene: Scene) -> None:
    busy(scene)
    content = take(treasurer(scene), scene, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))

    def cents(words: str) -> int:
        return int(words.replace(",", "")) if words else 0

    signed = [cents(row["Débit"]) - cents(row["Crédit"]) for row in rows]
    assert signed == booked(scene)
    assert sum(signed) == 0
    assert {"Débit", "Versement", "Remboursement"} <= {row["Nature"] for row in rows}
    assert {len(row["Sceau"]) for row in rows} == {64}
    assert "Disponible chez Stripe" in content
    assert "@" not in content, "nobody's address"


def test_the_sheet_holds_the_same_figures_as_numbers_and_no_formula(scene: Scene) -> None:
    busy(scene)
    book = load_workbook(io.BytesIO(take(treasurer(scene), scene, "xlsx")))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    debit, credit = head.index("Débit"), head.index("Crédit")
    assert [round(100 * ((row[debit] or 0) - (row[credit] or 0))) for row in rows] == booked(scene)
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


def test_a_name_at_stripe_that_begins_like_a_formula_is_text(scene: Scene) -> None:
    with scene.app.app_context(), transaction():
        fact = LedgerTransaction(
            kind="=1+1", stripe_id="=HYPERLINK(1)", subject_kind="t", subject_id=1, at=clock.now(), psp_env="t"
        )
        fact.entries = [LedgerEntry(account="=a", amount_cents=-5), LedgerEntry(account="@b", amount_cents=5)]
        db.session.add(fact)
    who = treasurer(scene)
    content = take(who, scene, "csv").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(content, newline=""), delimiter=";"):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    page = load_workbook(io.BytesIO(take(who, scene, "xlsx"))).worksheets[0]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_only_the_days_asked_are_in_it_as_paris_counts_them(scene: Scene) -> None:
    busy(scene)
    with scene.app.app_context():
        first = db.session.scalar(select(func.min(LedgerTransaction.at)))
        day = day_of(first)
        assert len(list(ledger_file.rows(day, day))) in range(1, len(booked(scene)))
        assert list(ledger_file.rows(day - timedelta(days=9), day - timedelta(days=1))) == []


def test_it_is_written_down_who_took_which_days_and_a_look_at_the_page_is_not(scene: Scene) -> None:
    who = treasurer(scene)
    assert who.get(PAGE).status_code == 200
    take(who, scene, "csv")
    with scene.app.app_context():
        (line,) = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "ledger.taken_away"))
        assert (line.actor_id, line.data["kind"], line.data["last"]) == (who.user_id, "csv", days(scene)["until"])


@pytest.mark.parametrize("typed", [{"since": "2027-13-01"}, {"since": "2099-01-01"}, {"kind": "exe"}, {"until": ""}])
def test_days_that_make_no_sense_are_said_at_the_field(scene: Scene, typed: dict[str, str]) -> None:
    who = treasurer(scene)
    answer = who.post(PAGE, days(scene, kind="csv") | typed)
    assert answer.status_code == 422
    assert 'class="error"' in answer.get_data(as_text=True)


def test_without_a_fresh_code_nothing_leaves(scene: Scene) -> None:
    who = person(scene, Role.TREASURER, proved=False)
    assert who.get(PAGE).status_code in {303, 403}
    assert treasurer(scene).client.post(PAGE, data=days(scene, kind="csv")).status_code != 200


def test_memory_does_not_grow_with_the_ledger(app: Flask) -> None:
    def most(count: int) -> int:
        with app.app_context():
            about = {"kind": "t", "subject_kind": "t", "subject_id": 1, "at": clock.now(), "psp_env": "t"}
            with transaction():
                db.session.execute(
                    LedgerTransaction.__table__.insert(),
                    [about | {"stripe_id": f"x{count}-{n}"} for n in range(count)],
                )
                ids = db.session.scalars(
                    select(LedgerTransaction.id).where(LedgerTransaction.stripe_id.startswith(f"x{count}-"))
                ).all()
                db.session.execute(
                    LedgerEntry.__table__.insert(),
                    [
                        {"transaction_id": one, "account": f"a{side}", "amount_cents": side}
                        for one in ids
                        for side in (1, -1)
                    ],
                )
            db.session.remove()
            at = clock.now()
            tracemalloc.start()
            found = sum(1 for _ in ledger_lines.between(at - timedelta(days=1), at + timedelta(days=1)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert found >= 2 * count
            return peak

    few, many = most(1_000), most(6_000)
    assert many < 2 * few
