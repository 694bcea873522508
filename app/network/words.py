"""Codes of this room in words, for its pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.access import Role
from app.network.models import ConsortiumKind, OfferLevel, TerritoryKind
from app.network.sector_rules import Sector

ROLE_WORDS = {
    Role.COACH: _l("Accompagnement (référent, référente)"),
    Role.MODERATOR: _l("Modération"),
    Role.ORGANISATION_LEAD: _l("Responsable de structure"),
    Role.COMMUNICATOR: _l("Communication"),
    Role.NETWORK_LEAD: _l("Responsable du réseau"),
    Role.EXPERT: _l("Expertise"),
    Role.OBSERVER: _l("Observation (totaux seulement)"),
    Role.TREASURER: _l("Trésorerie"),
    Role.PLATFORM_ADMIN: _l("Administration de la plateforme"),
}

ACTION_WORDS = {
    "organisation.created": _l("Structure créée"),
    "organisation.changed": _l("Structure modifiée"),
    "organisation.closed": _l("Structure désactivée"),
    "organisation.reopened": _l("Structure réactivée"),
    "offer.added": _l("Offre ajoutée"),
    "offer.ended": _l("Offre terminée"),
    "offer.changed": _l("Offre modifiée"),
    "area.drawn": _l("Territoire dessiné"),
    "area.changed": _l("Territoire modifié"),
    "consortium.founded": _l("Groupement créé"),
    "consortium.changed": _l("Groupement modifié"),
    "consortium.joined": _l("Structure entrée dans un groupement"),
    "consortium.left": _l("Structure sortie d’un groupement"),
    "programme.steps": _l("Étapes d’un dispositif modifiées"),
    "right.given": _l("Droit donné"),
    "right.ended": _l("Droit terminé"),
    "account.suspended": _l("Compte suspendu"),
    "account.restored": _l("Compte rouvert"),
    "text.changed": _l("Texte modifié"),
    "fee.changed": _l("Frais modifiés"),
}

LEVEL_WORDS = {
    OfferLevel.ORIENTATION: _l("Orientation"),
    OfferLevel.INFORMATION: _l("Information"),
    OfferLevel.GENERALIST: _l("Accompagnement généraliste"),
    OfferLevel.SPECIALIST: _l("Accompagnement spécialiste"),
}

SECTOR_WORDS = {
    Sector.FOOD: _l("Alimentation"),
    Sector.HOUSING: _l("Habitat"),
    Sector.MOBILITY: _l("Mobilité"),
    Sector.CULTURE: _l("Culture"),
    Sector.SOLIDARITY: _l("Solidarité"),
    Sector.NATURE: _l("Nature"),
    Sector.ENERGY: _l("Énergie"),
    Sector.REPAIR: _l("Réemploi et réparation"),
    Sector.EDUCATION: _l("Éducation"),
    Sector.HEALTH: _l("Santé"),
    Sector.RURAL: _l("Vie des villages"),
}

CONSORTIUM_WORDS = {
    ConsortiumKind.CONTRACT: _l("Contrat ou marché"),
    ConsortiumKind.THEMATIC: _l("Groupe thématique"),
    ConsortiumKind.NETWORK: _l("Réseau"),
}

AREA_WORDS = {
    TerritoryKind.QPV: _l("Quartier prioritaire (QPV)"),
    TerritoryKind.CUSTOM: _l("Territoire dessiné par le réseau"),
}

BAD_LINE_WORDS = {
    "code": _l("le code manque, ou n’est pas fait de lettres, de chiffres et de tirets"),
    "type": _l("le type doit être « qpv » ou « zone »"),
    "name": _l("le nom manque, ou dépasse 160 caractères"),
    "parts": _l("aucun lieu n’est indiqué"),
    "days": _l("une date n’est pas lisible (2027-03-14), ou la fin vient avant le début"),
    "twice": _l("ce code est déjà plus haut dans le fichier"),
}

TEXT_WORDS = {
    "publisher_name": _l("Éditeur du site : nom"),
    "publisher_form": _l("Éditeur du site : forme juridique"),
    "publisher_address": _l("Éditeur du site : adresse postale"),
    "publisher_email": _l("Éditeur du site : adresse e-mail"),
    "publisher_phone": _l("Éditeur du site : téléphone"),
    "publication_director": _l("Responsable de la publication"),
    "host_name": _l("Hébergeur : nom"),
    "host_address": _l("Hébergeur : adresse postale"),
    "orias_number": _l("Numéro ORIAS, s’il y en a un"),
    "mediator": _l("Médiation de la consommation"),
    "wind_down_partner": _l("Si la plateforme s’arrête : qui termine, et selon quel contrat"),
    "payment_partner": _l("Prestataire de paiement : nom de la société"),
    "payment_licence": _l("Prestataire de paiement : son agrément, et qui l’a donné"),
    "complaints_contact": _l("Réclamations : à qui écrire"),
    "complaints_delay": _l("Réclamations : délai de l’accusé de réception et de la réponse"),
    "contract_law": _l("Contrat type : droit applicable et tribunal"),
    "contact_email": _l("Adresse de contact du public"),
    "platform_fee_bps": _l("Frais de la plateforme"),
    "announcement": _l("Annonce en haut des pages"),
}

COVERAGE_WORDS = {
    "full": _l("couvert"),
    "shared": _l("partagé"),
    "partial": _l("en partie"),
    "hole": _l("aucune structure"),
}

IN_DEPARTEMENT = {
    "21": _l("en Côte-d’Or"), "25": _l("dans le Doubs"), "39": _l("dans le Jura"), "58": _l("dans la Nièvre"),
    "70": _l("en Haute-Saône"), "71": _l("en Saône-et-Loire"), "89": _l("dans l’Yonne"),
    "90": _l("dans le Territoire de Belfort"),
}  # fmt: skip
