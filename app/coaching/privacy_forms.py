"""What is written when somebody uses their rights, and what is answered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from app.core.forms import BaseForm, LineField, TextField, choices_of


class AskForm(BaseForm):
    words = LineField(_l("Un mot, si vous voulez"), max_length=300)


class AnswerForm(BaseForm):
    """`for_kind` keeps the decisions that this kind of request knows."""

    decision = RadioField(_l("Votre réponse"), [InputRequired(_l("Choisissez une réponse."))])
    answer = TextField(
        _l("Ce que la personne lira"), max_length=500,
        description=_l("Demandé si vous refusez ou si une partie manque : dites pourquoi, et ce qu’elle peut faire."),
    )  # fmt: skip

    def for_kind(self, kind: str) -> AnswerForm:
        access = [
            ("everything", _l("tout donner : notes de l’équipe, notes confidentielles et brouillons")),
            ("team", _l("donner les notes de l’équipe, sans les confidentielles")),
        ]
        erasure = [("erase", _l("effacer le dossier, définitivement"))]
        self.decision.choices = choices_of([*(access if kind == "access" else erasure), ("refuse", _l("refuser"))])
        return self
