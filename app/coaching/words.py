"""The French words of states, kinds and steps, for choices and timelines."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.coaching.levels import Level
from app.coaching.rules import ActivityKind, RecordState

ACTIVITY_WORDS = {
    ActivityKind.WELCOME: _l("Premier accueil"),
    ActivityKind.INTERVIEW: _l("Entretien"),
    ActivityKind.CALL: _l("Appel"),
    ActivityKind.EMAIL: _l("Courriel"),
    ActivityKind.WORKSHOP: _l("Atelier"),
    ActivityKind.FIELD_VISIT: _l("Visite sur place"),
    ActivityKind.DOCUMENT_REVIEW: _l("Lecture de documents"),
    ActivityKind.COMMITTEE: _l("Comité"),
    ActivityKind.ROUND_TABLE: _l("Tour de table"),
    ActivityKind.EXPERT_SESSION: _l("Séance avec un·e expert·e"),
    ActivityKind.TRAINING: _l("Formation"),
    ActivityKind.RESTITUTION: _l("Restitution"),
    ActivityKind.FOLLOW_UP: _l("Suivi"),
}
ACTIVITY_ICONS = {
    ActivityKind.WELCOME: "person-check",
    ActivityKind.CALL: "phone",
    ActivityKind.EMAIL: "envelope",
    ActivityKind.WORKSHOP: "people",
}
RECORD_WORDS = {  # as on the tags of the pages
    RecordState.REQUESTED: _l("demande reçue"),
    RecordState.WELCOMED: _l("accueil fait"),
    RecordState.EXPLORING: _l("exploration"),
    RecordState.COACHED: _l("accompagnement en cours"),
    RecordState.ON_HOLD: _l("en pause"),
    RecordState.FOLLOW_UP: _l("suivi"),
    RecordState.CLOSED: _l("clos"),
    RecordState.DECLINED: _l("non retenu"),
    RecordState.REFERRED: _l("orienté ailleurs"),
}
MOVE_WORDS = {
    RecordState.WELCOMED: _l("L’accueil est fait"),
    RecordState.EXPLORING: _l("Commencer l’exploration"),
    RecordState.COACHED: _l("L’accompagnement est engagé"),
    RecordState.ON_HOLD: _l("Mettre en pause"),
    RecordState.FOLLOW_UP: _l("Le projet a abouti : passer au suivi"),
    RecordState.REFERRED: _l("Orienter ailleurs"),
    RecordState.CLOSED: _l("Clore le dossier"),
    RecordState.DECLINED: _l("Ne pas retenir la demande"),
}
READER_WORDS = {
    "holder": _l("porteur ou porteuse du projet"),
    "referent": _l("référent·e"),
    "co_coach": _l("accompagne aussi"),
    "expert": _l("expert·e invité·e"),
    "partner": _l("partenaire invité·e"),
    "observer": _l("observe, sans écrire"),
    "coach": _l("même structure"),
    "organisation_lead": _l("responsable de la structure"),
}
LEVEL_WORDS = {
    Level.PUBLIC: _l("Tout le monde"),
    Level.HOLDER: _l("La personne accompagnée et l’équipe"),
    Level.TEAM: _l("L’équipe seulement"),
    Level.RESTRICTED: _l("Confidentiel : quelques personnes nommées"),
}
