"""The path's small forms, one a line: what is wrong is said where it was typed, and nothing typed is lost."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import path_services, services
from app.coaching.path_models import FollowUp, Objective
from app.coaching.path_rules import OutcomeKind
from app.coaching.rules import RecordState
from app.core import clock
from app.core.database import db, transaction
from tests.builders import a_record, sign_in
from tests.coaching.test_path import a_coach, coached, page, row
from tests.support.days import day_of


def test_a_wrong_objective_or_news_says_so_where_it_was_typed_and_keeps_it(app: Flask):
    with app.app_context():
        referent = a_coach()
        by, record_id, at = referent.id, a_record(referent=referent).id, clock.now()
        coached(by, record_id)
        with transaction():
            path_services.add_outcome(
                row(record_id), kind=OutcomeKind.STRUCTURE_CREATED, happened_on=day_of(at),
                siret="732 829 320 00074", legal_form="SCOP", by=by, at=at,
            )  # fmt: skip
            services.move(row(record_id), RecordState.FOLLOW_UP, by=by, at=at)
            news_of = db.session.scalars(select(FollowUp).where(FollowUp.months == 6)).one()
            news_of.due_on = day_of(at)
        objective_id = db.session.scalars(select(Objective.id)).one()
        reference = row(record_id).reference
        coach = sign_in(app, db.session.get_one(User, by))
    path = f"{page(reference)}/chemin"
    typed = {"status": "dropped", "reason": "Trop tôt " * 40}
    answer = coach.post(f"{page(reference)}/objectifs/{objective_id}", typed, page=path)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#o{objective_id}-reason">' in html
    assert f'id="o{objective_id}-reason"' in html
    assert "Trop tôt Trop tôt" in html
    assert 'value="dropped" selected' in html
    news = {"alive": "yes", "fte": "abc", "comment": "Des nouvelles gardées"}
    answer = coach.post(f"{page(reference)}/suivis/6", news, page=path)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#f6-fte">' in html
    assert 'id="f6-fte"' in html
    assert 'value="abc"' in html
    assert "Des nouvelles gardées" in html
    old = coach.client.post(f"{page(reference)}/suivis/6", data={**news, "fte": "1", "csrf_token": "old"})
    assert "restée ouverte trop longtemps" in old.get_data(as_text=True)
    assert "Des nouvelles gardées" in old.get_data(as_text=True)
