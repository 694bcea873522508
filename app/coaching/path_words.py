"""The French words of the path."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.coaching.path_rules import OutcomeKind, StepState
from app.coaching.rules import Attendance

STEP_WORDS = {
    StepState.AHEAD: _l("à faire"),
    StepState.DOING: _l("en cours"),
    StepState.DONE: _l("faite"),
    StepState.SKIPPED: _l("pas utile ici"),
    StepState.REOPENED: _l("reprise"),
}
STEP_LOOKS = {
    StepState.AHEAD: "", StepState.DOING: "info", StepState.DONE: "good", StepState.SKIPPED: "",
    StepState.REOPENED: "info",
}  # fmt: skip
OUTCOME_WORDS = {
    OutcomeKind.STRUCTURE_CREATED: _l("Structure créée"),
    OutcomeKind.TAKEN_OVER: _l("Activité reprise"),
    OutcomeKind.ACTIVITY_IN_CAE: _l("Activité en coopérative (CAE)"),
    OutcomeKind.ASSOCIATION_WITHOUT_JOB: _l("Association sans emploi"),
    OutcomeKind.ACTIVITY_EXTENDED: _l("Activité élargie"),
    OutcomeKind.STRUCTURE_CONSOLIDATED: _l("Structure consolidée"),
    OutcomeKind.EMPLOYED: _l("A trouvé un emploi"),
    OutcomeKind.TRAINING: _l("Entre en formation"),
    OutcomeKind.OTHER_PATH: _l("Suit un autre chemin"),
    OutcomeKind.DROPPED: _l("A choisi de ne pas créer"),
}
OWNER_WORDS = {
    "holder": _l("la personne accompagnée"),
    "coach": _l("la structure"),
    "partner": _l("un partenaire"),
}
OBJECTIVE_WORDS = {
    "planned": _l("prévu"),
    "in_progress": _l("en cours"),
    "on_hold": _l("en pause"),
    "done": _l("atteint"),
    "dropped": _l("laissé de côté"),
}
ALIVE_WORDS = {"yes": _l("Oui"), "no": _l("Non"), "unknown": _l("Je ne sais pas")}
ATTENDANCE_WORDS = {
    Attendance.HELD: _l("a eu lieu"),
    Attendance.PLANNED: _l("prévu"),
    Attendance.NO_SHOW: _l("la personne n’est pas venue"),
    Attendance.EXCUSED: _l("la personne a prévenu"),
    Attendance.CANCELLED_BY_US: _l("annulé par nous"),
}
