"""The words a person agrees to. Changed words take a new CONSENT_VERSION: each consent keeps its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.coaching.rules import ConsentPurpose

CONSENT_VERSION = "2026-11"


@dataclass(frozen=True)
class ConsentText:
    """What is asked, and what follows from yes and from no."""

    title: Any
    words: Any


CONSENT_TEXTS: dict[str, ConsentText] = {
    ConsentPurpose.COACHING: ConsentText(
        _l("Tenir ce dossier"),
        _l("La structure note ce que nous faisons ensemble. Si vous retirez cet accord, votre référent ou référente "
           "vous appelle pour convenir de la suite."),
    ),
    ConsentPurpose.NETWORK_SHARING: ConsentText(
        _l("Partager dans le réseau"),
        _l("Une ou un collègue d’une autre structure peut lire ce dossier pour donner un avis, le temps de répondre. "
           "Sans votre accord, on ne lui pose qu’une question, sans votre nom."),
    ),
    ConsentPurpose.STORY: ConsentText(
        _l("Raconter mon projet"),
        _l("La structure peut préparer un récit public de votre projet. Rien n’est publié sans que vous l’ayez relu."),
    ),
    ConsentPurpose.STATISTICS: ConsentText(
        _l("Compter ma situation dans les bilans"),
        _l("Votre situation (emploi, minima sociaux, quartier) sert à des totaux, jamais à une liste de noms."),
    ),
}  # fmt: skip
