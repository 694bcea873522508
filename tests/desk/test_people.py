"""Contributors: found, written to once, exported as words, and never shown to whom they are not for."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from app.core.database import db, transaction
from app.desk import jobs
from app.desk.models import Message, MessageRecipient
from app.pledges.models import Pledge
from tests.builders import a_campaign, a_user
from tests.threads.conftest import Square, a_pledge, form_values
from tests.threads.conftest import square as square

LIST = "contributeurs"


def ids(square: Square) -> dict[str, int]:
    return square.read(lambda: {p.email.partition("@")[0]: p.id for p in db.session.scalars(db.select(Pledge))})


def text(square: Square, query: str = "") -> str:
    return square.holder.get(square.page(LIST) + query).get_data(as_text=True)


def test_the_team_finds_people_by_name_reward_state_and_thanks(square: Square):
    with square.app.app_context():
        a_pledge(square.campaign_id, "zoe@example.org", name="Zoé Lefèvre", message="Vive le pain", state="paid")
    assert "Zoé Lefèvre" in text(square, "?q=zoe+lefevre")
    assert "Ana" not in text(square, "?q=pain")
    assert "Zoé" not in text(square, f"?contrepartie={square.reward_id}")
    assert "Ana" not in text(square, "?contrepartie=sans")
    assert "Bob" not in text(square, "?etat=payees")
    everybody = text(square)
    assert "Eve" not in everybody, "who withdrew is nobody's business"
    assert "example.org" not in everybody.replace("camille@example.org", ""), "addresses stay with the platform"
    assert text(square, "?contrepartie=x&etat=y&merci=z&page=99999999999").count("<tr>") == everybody.count("<tr>")


def write(square: Square, query: str, **data: object):
    page = square.page(f"{LIST}/ecrire")
    found = square.holder.get(f"{page}?{query}")
    assert found.status_code == 200, found.location
    hidden = form_values(square.holder.client, f"{page}?{query}")
    chosen = {"p": [value.partition("=")[2] for value in query.split("&") if value.startswith("p=")]}
    sent = {**hidden, **chosen, "subject": "Merci !", "text": "Un grand merci.\n\nCamille", "is_thanks": "y", **data}
    first = square.holder.client.post(page, data=sent)
    square.holder.client.post(page, data=sent)  # a second click
    return first


def test_thanks_go_to_the_chosen_once_and_say_so(square: Square):
    known = ids(square)
    assert write(square, f"p={known['ana']}&p={known['eve']}").status_code == 303
    with square.app.app_context():
        assert jobs.post_messages() == 1
        assert jobs.post_messages() == 0
    [mail] = square.mails("ana@example.org")
    assert "Un grand merci." in mail.text
    assert mail.reply_to == "camille@example.org"
    assert "Bob" in text(square, "?merci=non")
    assert "Ana" not in text(square, "?merci=non")
    assert square.read(lambda: db.session.query(Message).count()) == 1, "a second click is the same message"


def test_a_whole_segment_is_written_to_and_nobody_outside_it(square: Square):
    assert write(square, "tous=1&contrepartie=sans").status_code == 303
    known = ids(square)
    assert square.read(lambda: list(db.session.scalars(db.select(MessageRecipient.pledge_id)))) == [known["bob"]]


def test_somebody_else_s_contributor_is_never_written_to(square: Square):
    with square.app.app_context():
        other = a_campaign(a_user()).id
        foreign = a_pledge(other, "loin@example.org")
    sent = square.holder.get(square.page(f"{LIST}/ecrire?p={foreign}&p=999999&p=x"))
    assert sent.status_code == 303
    assert square.read(lambda: db.session.query(Message).count()) == 0


@pytest.mark.parametrize(("role", "status"), [("thanks", 200), ("manager", 200), ("editor", 404)])
def test_who_writes_the_page_only_does_not_see_who_gives(square: Square, role, status):
    member = square.member(role)
    for page in (LIST, f"{LIST}/export?format=csv", "remises-a-faire"):
        assert member.get(square.page(page)).status_code == status
        assert square.stranger.get(square.page(page)).status_code == 404
    assert member.get(square.page("argent")).status_code == (200 if role == "manager" else 404)
    assert member.get(square.page("histoire")).status_code == (404 if role == "thanks" else 200)
    assert member.get(square.page("")[:-1]).status_code == 200


EVIL = '=HYPERLINK("https://mal.example";"Cliquez")'


def test_an_export_holds_words_and_no_formula(square: Square):
    with square.app.app_context(), transaction():
        for pledge in db.session.scalars(db.select(Pledge).where(Pledge.email == "ana@example.org")):
            pledge.name, pledge.message = EVIL, "\t+cmd|' /C calc'!A0"
    sheet = square.holder.get(square.page(f"{LIST}/export?format=csv")).get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet), delimiter=";"))
    assert len(rows) == 3
    assert all(not cell.lstrip(" ").startswith(("=", "+", "@", "\t")) for row in rows for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(square.holder.get(square.page(f"{LIST}/export?format=xlsx")).get_data()))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    book.close()
    assert EVIL in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    assert square.holder.get(square.page(f"{LIST}/export?format=exe")).status_code == 404


def thanks(square: Square, query: str) -> dict[str, str]:
    hidden = form_values(square.holder.client, square.page(f"{LIST}/ecrire?{query}"))
    return {**hidden, "subject": "Merci !", "text": "Un grand merci.", "is_thanks": "y"}


def test_who_gave_twice_is_one_person_and_reads_one_mail(square: Square):
    with square.app.app_context():
        a_pledge(square.campaign_id, "ana@example.org", name="Ana")
    shown = square.holder.get(square.page(f"{LIST}/ecrire?tous=1")).get_data(as_text=True)
    assert "Écrire à 2 personnes" in shown
    sent = square.holder.client.post(
        square.page(f"{LIST}/ecrire"), data=thanks(square, "tous=1"), follow_redirects=True
    )
    assert "part à 2 personnes" in sent.get_data(as_text=True)
    with square.app.app_context():
        assert jobs.post_messages() == 3
    assert len(square.mails("ana@example.org")) == 1
    assert text(square, "?merci=non").count("Ana") == 0, "both contributions are thanked for"


def test_a_second_click_on_thanks_to_all_who_wait_is_no_reproach(square: Square):
    sent, page = thanks(square, "tous=1&merci=non"), square.page(f"{LIST}/ecrire")
    assert square.holder.client.post(page, data=sent).status_code == 303
    again = square.holder.client.post(page, data=sent, follow_redirects=True).get_data(as_text=True)
    assert "Choisissez" not in again
    assert "déjà parti" in again
    assert square.read(lambda: db.session.query(Message).count()) == 1


def test_words_for_people_whom_somebody_else_has_thanked_meanwhile_are_given_back(square: Square):
    mine, page = thanks(square, "tous=1&merci=non"), square.page(f"{LIST}/ecrire")
    square.holder.client.post(page, data=thanks(square, "tous=1&merci=non"))
    late = square.holder.client.post(page, data={**mine, "text": "Mes mots à moi, longs et choisis."})
    assert late.status_code == 422
    assert "Mes mots à moi, longs et choisis." in late.get_data(as_text=True)


def test_a_button_whose_page_stood_open_too_long_says_so_and_gives_the_note_back(square: Square):
    page = square.page("remises-a-faire")
    old = {"csrf_token": "vieux", "state": "sent", "note": "Colis confié à la voisine", "p": "1"}
    late = square.holder.client.post(f"{page}/marquer", data=old, headers={"Referer": f"http://localhost{page}"})
    shown = late.get_data(as_text=True)
    assert late.status_code == 403
    assert "ouverte trop longtemps" in shown
    assert "Colis confié à la voisine" in shown
    assert f'href="{page}"' in shown
    foreign = square.holder.client.post(f"{page}/marquer", data=old, headers={"Origin": "https://mal.example"})
    assert "Colis confié" not in foreign.get_data(as_text=True), "another site puts no words on our pages"
