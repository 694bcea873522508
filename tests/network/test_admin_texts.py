"""Fee and texts: typed by the administrator, journalled, never overwritten unseen."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.journal import JournalEntry
from app.core.texts import all_texts, platform_fee_bps
from app.network import services
from tests.builders import Visitor
from tests.network.support import actions, page_of


@pytest.mark.parametrize(("typed", "bps"), [("4,5", 450), ("0", 0), ("30", 3000), ("2.75 %", 275), (" 5 ", 500)])
def test_the_fee_is_typed_in_percent_and_journalled(app: Flask, admin: Visitor, typed: str, bps: int):
    path = "/administration/textes/platform_fee_bps"
    assert admin.post(path, {"percent": typed, "version": "0"}).status_code == 303
    with app.app_context():
        assert platform_fee_bps() == bps
        line = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "fee.changed")).one()
        assert line.data == {"from_bps": 0, "to_bps": bps}
    page_of(admin, "/administration/journal")
    page_of(admin, "/administration/textes")


@pytest.mark.parametrize("typed", ["", "30,01", "31", "-1", "quatre", "4,555", "1e3", "NaN", "٤", "9" * 5_000])
def test_a_wrong_fee_is_refused(app: Flask, admin: Visitor, typed: str):
    path = "/administration/textes/platform_fee_bps"
    assert admin.post(path, {"percent": typed, "version": "0"}).status_code == 422
    with app.app_context():
        assert platform_fee_bps() == 0


@pytest.mark.usefixtures("ctx")
def test_the_verb_itself_refuses_a_fee_above_thirty_percent():
    with pytest.raises(ValueError, match="bad fee"):
        services.change_fee(3_001, version=0, by=1, at=clock.now())


def test_a_text_is_edited_and_a_second_editor_sees_both(app: Flask, admin: Visitor):
    path = "/administration/textes/publisher_name"
    assert 'name="version" type="hidden" value="0"' in page_of(admin, path)
    assert admin.post(path, {"value": "L’association", "version": "0"}).status_code == 303
    late = admin.post(path, {"value": "Une autre", "version": "0"})
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "L’association" in text
    assert "Une autre" in text
    with app.app_context():
        assert all_texts()["publisher_name"] == "L’association"
    assert admin.post(path, {"value": "Une autre", "version": "1"}).status_code == 303
    assert admin.post(path, {"value": "x", "version": "n’importe quoi"}).status_code == 409
    assert actions(app)[-2:] == ["text.changed", "text.changed"]
