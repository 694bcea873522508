"""The French words of the figures: their names, and what each one counts."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.reporting.counted import Indicator
from app.reporting.rules import FEWEST_SHOWN, Shown, Sight

NAME_WORDS = {
    Indicator.WELCOMED: _l("porteurs accueillis"),
    Indicator.COACHED: _l("projets accompagnés"),
    Indicator.ACHIEVED: _l("projets aboutis"),
}
TITLE_WORDS = {
    Indicator.WELCOMED: _l("Porteurs accueillis"),
    Indicator.COACHED: _l("Projets accompagnés"),
    Indicator.ACHIEVED: _l("Projets aboutis"),
}
DEFINITION_WORDS = {
    Indicator.WELCOMED: _l(
        "Personnes différentes, porteuses d’un projet, venues à au moins un accueil dans la période. Une "
        "personne vue par deux structures compte une fois, pour celle de son premier accueil dans la période."
    ),
    Indicator.COACHED: _l(
        "Dossiers différents dont l’engagement est signé avant la fin de la période, avec au moins une "
        "activité comptée dans la période pendant l’accompagnement, une pause ou le suivi. Une activité "
        "compte si la personne est venue et si elle a une durée ; les courriels et les relectures de "
        "documents ne comptent pas. Un dossier compte pour la structure de sa première activité dans la "
        "période."
    ),
    Indicator.ACHIEVED: _l(
        "Dossiers différents dont le premier résultat abouti est daté de la période : structure créée, "
        "reprise, développée ou consolidée, activité hébergée en coopérative d’activité, association sans "
        "emploi. Les autres issues, comme choisir de ne pas créer, sont des résultats aussi ; elles ne sont "
        "pas comptées ici. Un dossier compte pour la structure qui l’avait ce jour-là."
    ),
}
DAY_WORDS = {
    Indicator.WELCOMED: _l("Premier accueil"),
    Indicator.COACHED: _l("Première activité"),
    Indicator.ACHIEVED: _l("Premier résultat"),
}


def said(shown: Shown) -> str:
    """A number as it is printed."""
    if shown.sight == Sight.FEW:
        return str(_("moins de %(count)s", count=FEWEST_SHOWN))
    if shown.sight == Sight.HIDDEN or shown.value is None:
        return str(_("masqué"))
    return str(format_decimal(shown.value))


def tenths_said(tenths: int) -> str:
    """496 → « 49,6 »."""
    return str(format_decimal(Decimal(tenths) / 10, format="#,##0.0"))
