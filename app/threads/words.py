"""The French words of audiences and questions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.threads.rules import Audience, QuestionState

AUDIENCES = {
    Audience.EVERYBODY: _l("Tout le monde"),
    Audience.CONTRIBUTORS: _l("Les personnes qui contribuent"),
    Audience.REWARD: _l("Celles d’une contrepartie"),
}
AUDIENCE_NOTES = {
    Audience.EVERYBODY.value: _l(
        "Sur la page de la campagne, et par courriel aux personnes qui contribuent ou suivent."
    ),
    Audience.CONTRIBUTORS.value: _l("Par courriel seulement ; la page dit qu’une nouvelle leur est réservée."),
    Audience.REWARD.value: _l("Par courriel seulement, aux personnes qui ont choisi cette contrepartie."),
}
QUESTION_STATES = {
    QuestionState.UNCONFIRMED: _l("Adresse à confirmer"),
    QuestionState.WAITING: _l("À vous de répondre"),
    QuestionState.ANSWERED: _l("Répondue"),
    QuestionState.DECLINED: _l("Déclinée"),
}
