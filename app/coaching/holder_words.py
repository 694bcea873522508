"""The record in the words of the person it is about."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.coaching.rules import RecordState

STATE_SENTENCES = {
    RecordState.REQUESTED: _l("Votre demande est arrivée. Une personne de la structure va vous contacter."),
    RecordState.WELCOMED: _l("Vous vous êtes rencontrés. La suite se décide ensemble."),
    RecordState.EXPLORING: _l("Vous explorez le projet ensemble : ce qui existe, ce qui manque, par où commencer."),
    RecordState.COACHED: _l("Vous êtes accompagné ou accompagnée : vous avancez étape par étape, à votre rythme."),
    RecordState.ON_HOLD: _l("L’accompagnement est en pause. Il reprend quand vous le voulez."),
    RecordState.FOLLOW_UP: _l("Le projet est lancé. La structure prend des nouvelles de temps en temps."),
    RecordState.CLOSED: _l(
        "L’accompagnement est terminé. Ce dossier reste à vous : vous pouvez le lire et le recevoir."
    ),
    RecordState.DECLINED: _l("La structure n’a pas pu retenir la demande. Elle dit pourquoi, et quoi essayer d’autre."),
    RecordState.REFERRED: _l("Une autre structure prend le relais avec vous."),
}
