"""A record and everybody around it, each signed in."""

from __future__ import annotations

from flask import Flask

from app.core.access import Role
from app.core.database import db
from app.core.text import public_id
from tests.builders import Visitor, a_record, a_user, an_organisation, give, sign_in

SECRET = "Le banquier de Dijon a dit non"


class Scene:
    """A record with its holder, referent, a colleague, a lead, and strangers."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            referent = give(a_user("Inès Verdelet"), Role.COACH, an_organisation())
            record = a_record(referent=referent, holder_email="camille@example.org")
            self.reference, self.record_id = record.reference, record.id
            self.referent = sign_in(app, db.session.merge(referent))
            self.holder = sign_in(app, a_user("Camille", "camille@example.org"))
            self.colleague = sign_in(app, give(a_user(), Role.COACH, an_organisation()))
            self.lead = sign_in(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation()))
            self.elsewhere = sign_in(app, give(a_user(), Role.COACH, an_organisation("active-71")))
            self.admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
            self.stranger = sign_in(app, a_user())

    @property
    def page(self) -> str:
        return f"/accompagnement/dossiers/{self.reference}/messages"

    def send(self, who: Visitor, text: str = SECRET, name: str = "") -> int:
        return who.post(self.page, {"text": text, "name": name or public_id()}).status_code
