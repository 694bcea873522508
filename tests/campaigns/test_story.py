"""Pictures in the story, and texts that outlive a session."""

from __future__ import annotations

import html as pages
import io
import re

from PIL import Image
from werkzeug.datastructures import FileStorage

from app.accounts.models import AccountSession
from app.core import clock
from app.core.database import db, transaction
from tests.builders import sign_in, token_of
from tests.campaigns.conftest import Desk, a_picture, user_of
from tests.campaigns.test_uploads import a_located_picture

STORY = "Nous voulons rallumer le four du village."


def upload(desk: Desk, content: io.BytesIO, who=None, **data: object):
    client = (who or desk.holder).client
    sent = {"csrf_token": token_of(desk.holder.client, desk.page("histoire")), "words": "Le four", **data}
    return client.post(
        f"/mes-campagnes/{desk.slug}/images-du-texte", data={**sent, "picture": (content, "four.jpg")},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_a_pasted_picture_is_shown_in_webp_and_jpeg_without_what_the_camera_wrote(desk: Desk):
    answer = upload(desk, a_located_picture())
    assert answer.status_code == 200
    markdown = answer.get_json()["markdown"]
    assert desk.save("histoire", story=f"{STORY}\n\n{markdown}", if_missed="Rien").status_code == 303
    html = str(desk.read(lambda c: c.story_html))
    addresses = set(re.findall(r"/images/[0-9a-f]+\.(?:webp|jpg)", html))
    assert {a.rpartition(".")[2] for a in addresses} == {"webp", "jpg"}
    for address in addresses:
        found = desk.app.test_client().get(address)
        assert found.mimetype in {"image/webp", "image/jpeg"}
        assert b"SECRET" not in found.get_data()
        with Image.open(io.BytesIO(found.get_data())) as picture:
            assert not picture.getexif()
    assert 'alt="Le four"' in desk.holder.get(f"/mes-campagnes/{desk.slug}/apercu").get_data(as_text=True)


def test_without_script_the_picture_comes_to_the_end_of_the_text_and_nothing_typed_is_lost(desk: Desk):
    sent = {
        "version": desk.version("histoire"), "story": STORY, "if_missed": "Rien", "picture_words": "La [voûte]",
        "add_picture": "1", "picture": FileStorage(a_picture(), "four.jpg"),
    }  # fmt: skip
    answer = desk.send("histoire", sent, content_type="multipart/form-data")
    shown = pages.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert STORY in shown
    assert "![La (voûte)](image:" in shown
    assert desk.read(lambda c: c.story_markdown) == "", "adding is not saving"
    bad = desk.send("histoire", {**sent, "picture": FileStorage(io.BytesIO(b"x"), "four.jpg")},
                    content_type="multipart/form-data")  # fmt: skip
    assert bad.status_code == 422
    assert STORY in bad.get_data(as_text=True)


def test_a_picture_without_words_keeps_the_campaign_from_being_sent(desk: Desk):
    markdown = upload(desk, a_picture(), words="").get_json()["markdown"]
    assert desk.save("histoire", story=f"{STORY * 10}\n\n{markdown}", if_missed="Rien").status_code == 303
    assert "Une description pour chaque image" in desk.holder.get(f"/mes-campagnes/{desk.slug}").get_data(as_text=True)


def test_strangers_and_bad_files_add_no_picture(desk: Desk):
    assert upload(desk, a_picture(), who=desk.stranger).status_code == 404
    refused = upload(desk, io.BytesIO(b"<svg onload='alert(1)'/>"))
    assert refused.status_code == 422
    assert "Cette image" in refused.get_json()["error"]
    assert upload(desk, a_picture(), csrf_token="x").status_code == 422


def end_session(desk: Desk) -> None:
    with desk.app.app_context(), transaction():
        for session in db.session.scalars(db.select(AccountSession)):
            session.ended_at = clock.real_now()


def test_a_text_sent_after_the_session_ended_comes_back_and_may_be_sent_again(desk: Desk):
    version, token = desk.version("histoire"), token_of(desk.holder.client, desk.page("histoire"))
    end_session(desk)
    sent = {"csrf_token": token, "version": version, "story": f"{STORY}\n<b>& « suite »</b>", "if_missed": "Rien"}
    answer = desk.holder.client.post(desk.page("histoire"), data=sent)
    assert answer.status_code == 403
    html = answer.get_data(as_text=True)
    tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input [^>]*>", html)]
    given = {t["name"]: pages.unescape(t["value"]) for t in tags if t.get("type") == "hidden" and "name" in t}
    assert given["story"] == sent["story"]
    assert "<b>&" not in html
    with desk.app.app_context():
        again = sign_in(desk.app, user_of(desk))
    desk.holder.client.set_cookie("session", again.client.get_cookie("session").value)
    assert desk.holder.client.post(desk.page("histoire"), data=given).status_code == 303
    assert desk.read(lambda c: c.story_markdown) == sent["story"]


def test_a_reason_chosen_from_a_list_is_no_secret_but_nothing_of_an_account_is_given_back(desk: Desk):
    """A refusal of thirty lines has a field named « code »; the password of an account is named « current »."""
    end_session(desk)
    client, words = desk.holder.client, "Un long avis motivé, à ne pas perdre."
    given = client.post(desk.page("histoire"), data={"code": "budget", "postcode": "21000", "words": words})
    assert words in given.get_data(as_text=True)
    assert 'value="21000"' in given.get_data(as_text=True)
    secret = client.post("/compte/adresse", data={"new_email": "lise@example.org", "current": "un vrai secret"})
    assert "un vrai secret" not in secret.get_data(as_text=True)
    assert secret.status_code in (303, 404)


def test_nothing_is_given_back_to_who_never_had_a_session_nor_secrets_to_anybody(desk: Desk):
    visitor = desk.app.test_client()
    assert visitor.post(desk.page("histoire"), data={"story": STORY}).status_code == 303
    end_session(desk)
    secret = desk.holder.client.post("/compte/mot-de-passe", data={"password": "un secret", "new_password": "autre"})
    assert "un secret" not in secret.get_data(as_text=True)
    fetched = desk.holder.client.post(
        desk.page("histoire"), data={"story": STORY}, headers={"X-Requested-With": "fetch"}
    )
    assert fetched.status_code == 303
