"""The French words of a situation."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.coaching.situation_rules import Education, Employment, Household, Moment, Said

MOMENT_WORDS = {Moment.ENTRY: _l("À l’arrivée"), Moment.EXIT: _l("À la fin"), Moment.FOLLOW_UP: _l("Plus tard")}
EMPLOYMENT_WORDS = {
    Employment.UNKNOWN: _l("Non renseigné"),
    Employment.JOB_SEEKER: _l("En recherche d’emploi"),
    Employment.EMPLOYEE: _l("Salarié·e"),
    Employment.SELF_EMPLOYED: _l("À son compte"),
    Employment.STUDENT: _l("En études ou en formation"),
    Employment.RETIRED: _l("À la retraite"),
    Employment.INACTIVE: _l("Sans activité, sans chercher d’emploi"),
    Employment.OTHER: _l("Autre"),
}
SAID_WORDS = {Said.UNKNOWN: _l("Non renseigné"), Said.YES: _l("Oui"), Said.NO: _l("Non")}
EDUCATION_WORDS = {
    "": _l("Non renseigné"),
    Education.NONE: _l("Sans diplôme"),
    Education.CAP: _l("CAP ou BEP"),
    Education.BAC: _l("Baccalauréat"),
    Education.BAC_2: _l("Bac + 2"),
    Education.BAC_3: _l("Bac + 3 et plus"),
}
HOUSEHOLD_WORDS = {
    "": _l("Non renseigné"),
    Household.ALONE: _l("Seul·e"),
    Household.ALONE_CHILDREN: _l("Seul·e avec enfants"),
    Household.COUPLE: _l("En couple"),
    Household.COUPLE_CHILDREN: _l("En couple avec enfants"),
    Household.OTHER: _l("Autrement"),
}
FACT_TITLES = {
    "employment": _l("Emploi"),
    "on_social_minimum": _l("Touche un minimum social"),
    "lives_in_qpv": _l("Habite un quartier prioritaire (QPV)"),
    "education": _l("Niveau d’études"),
    "household": _l("Foyer"),
}
FACT_WORDS: dict[str, dict[Any, Any]] = {
    "employment": EMPLOYMENT_WORDS,
    "on_social_minimum": SAID_WORDS,
    "lives_in_qpv": SAID_WORDS,
    "education": EDUCATION_WORDS,
    "household": HOUSEHOLD_WORDS,
}
