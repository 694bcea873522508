"""What leaves the site: picture, poster, frame, feeds, sitemap, words for machines; of public campaigns only."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from PIL import Image

from app.campaigns.models import Campaign
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user, sign_in
from tests.campaigns.conftest import Desk

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
EVIL = '<script>alert(1)</script> & "titre" #set text(red)'


@pytest.fixture
def slug(app: Flask) -> str:
    with app.app_context():
        a_campaign(a_user(), title="Un brouillon secret")
        return a_campaign(a_user(), state="live", title="Le four du village").slug


def rename(app: Flask, title: str) -> None:
    with app.app_context(), transaction():
        db.session.execute(db.update(Campaign).where(Campaign.state == "live").values(title=title))


@pytest.mark.parametrize("part", ["/partage.png", "/affiche.pdf", "/encart", ".atom"])
def test_a_draft_is_not_shared_and_an_unknown_campaign_neither(app, slug, part):
    with app.app_context():
        draft = db.session.scalars(db.select(Campaign.slug).where(Campaign.state == "draft")).one()
    for unknown in (draft, "rien"):
        assert app.test_client().get(f"/campagnes/{unknown}{part}").status_code == 404
    assert app.test_client().get(f"/campagnes/{slug}{part}").status_code == 200


def test_the_picture_of_a_link_has_its_size_and_is_drawn_once(app, slug, settings):
    client, path = app.test_client(), f"/campagnes/{slug}/partage.png"
    first = client.get(path)
    assert Image.open(io.BytesIO(first.data)).size == (1200, 630)
    assert len(first.data) < 120_000
    assert "Set-Cookie" not in first.headers
    kept = list((Path(settings.storage_url.removeprefix("file://")) / "share").iterdir())
    client.get(path)
    assert list((Path(settings.storage_url.removeprefix("file://")) / "share").iterdir()) == kept
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("title", [EVIL, "x" * 120, "🥖 " * 40, "Œuvre d’été à l’île — « ça »"])
def test_any_title_can_be_drawn_and_set(app, slug, title):
    rename(app, title)
    client = app.test_client()
    assert client.get(f"/campagnes/{slug}/partage.png").status_code == 200
    assert client.get(f"/campagnes/{slug}/affiche.pdf").data.startswith(b"%PDF")
    ElementTree.fromstring(client.get(f"/campagnes/{slug}.atom").data)
    ElementTree.fromstring(client.get("/campagnes.atom").data)
    page = client.get(f"/campagnes/{slug}").get_data(as_text=True)
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert data["name"] == title
    assert data["potentialAction"]["target"].endswith("/contribuer")


def test_only_the_frame_may_be_framed_and_it_sets_no_cookie(app, slug):
    client = app.test_client()
    frame = client.get(f"/campagnes/{slug}/encart")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "form-action 'none'" in frame.headers["Content-Security-Policy"]
    assert "script-src 'self'" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "Set-Cookie" not in frame.headers
    html = frame.get_data(as_text=True)
    assert "<script" not in html
    assert "<form" not in html
    assert 'target="_blank"' in html
    for path in (f"/campagnes/{slug}", "/", f"/campagnes/{slug}/partage.png"):
        other = client.get(path)
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
        assert other.headers["X-Frame-Options"] == "DENY"


def test_feeds_name_public_campaigns_of_their_place_only(app, slug):
    client = app.test_client()
    for path, count in (("/campagnes.atom", 1), ("/territoires/21.atom", 1), ("/territoires/90.atom", 0)):
        answer = client.get(path)
        assert answer.mimetype == "application/atom+xml"
        assert len(ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")) == count, path
    assert "secret" not in client.get("/campagnes.atom").get_data(as_text=True)
    assert client.get("/territoires/99999.atom").status_code == 404
    told = client.get(f"/campagnes/{slug}.atom").get_data(as_text=True)
    assert "La campagne est ouverte" in told


def test_the_map_of_the_site_leads_to_pages_that_exist(app, slug):
    client = app.test_client()
    found = [loc.text for loc in ElementTree.fromstring(client.get("/sitemap.xml").data).iter(f"{MAPS}loc")]
    assert f"http://127.0.0.1:8000/campagnes/{slug}" in found
    assert len(found) == len(set(found))
    short = [url for url in found if "/territoires/2" not in url or url.endswith("/21")]
    for url in short[:40]:
        assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code == 200, url
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


def test_each_page_says_its_one_address_whatever_was_typed_behind_it(app, slug):
    client = app.test_client()
    for path, wanted in (
        (f"/campagnes/{slug}?utm_source=x", f"/campagnes/{slug}"),
        ("/campagnes?page=1&x=1", "/campagnes"),
        ("/campagnes?etat=toutes&page=2", "/campagnes?etat=toutes&page=2"),
        ("/aide?x=1", "/aide"),
        ("/territoires/21", "/territoires/21"),
    ):
        page = client.get(path).get_data(as_text=True).replace("&amp;", "&")
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{wanted}">' in page, path


def test_the_preview_tells_machines_nothing(live: Desk):
    page = live.holder.get(f"/mes-campagnes/{live.slug}/apercu").get_data(as_text=True)
    assert "ld+json" not in page
    assert "og:image" not in page


def test_the_lines_to_copy_stay_one_frame_whatever_the_title_says(app, slug):
    """What is shown to be copied is HTML once more on the other site."""
    rename(app, '"><script>alert(1)</script>')
    page = app.test_client().get(f"/campagnes/{slug}").get_data(as_text=True)
    copied = html.unescape(re.search(r"<pre class=\"copy\"[^>]*><code>(.*?)</code>", page, re.S)[1])
    assert copied.count("<") == 2
    frame = ElementTree.fromstring(copied.replace(' loading="lazy"', ""))
    assert frame.attrib["title"] == '"><script>alert(1)</script>'


def test_a_sign_that_xml_forbids_does_not_stop_every_feed(live: Desk):
    told = live.save("histoire", story="Un\ufffe four. " * 60, if_missed="Rien\uffff.")
    assert told.status_code == 303
    with live.app.app_context():
        holder = sign_in(live.app, a_user())
    made = holder.post("/projets/nouveau", {"title": "Le\ufffe four", "commune": "21373", "commune_text": ""})
    assert made.status_code == 303
    with live.app.app_context():
        found = db.session.scalars(db.select(Campaign)).all()
        assert not any(sign in f"{c.title}{c.story_markdown}{c.if_missed}" for c in found for sign in "\ufffe\uffff")
