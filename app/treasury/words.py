"""The French words of the desk: its lists, its tasks, its calls, its states."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.payments import ledger
from app.payments.rules import OperationKind, OperationState
from app.settlement.models import RefundReason, RefundState
from app.settlement.rules import OVERDUE_DAYS, OVERDUE_REMINDER_DAYS

LIST_WORDS = {
    "taches": (_l("Tâches à expliquer"), _l("Aucune tâche : tout ce qui a bougé est expliqué.")),
    "a-preparer": (_l("Versements à préparer"), _l("Aucune campagne n’attend qu’on prépare son versement.")),
    "versements": (_l("Versements à approuver"), _l("Aucun versement n’attend une deuxième personne.")),
    "remboursements-proposes": (
        _l("Remboursements à approuver"), _l("Aucun remboursement n’attend une deuxième personne."),
    ),
    "annulations": (_l("Annulations à approuver"), _l("Aucune annulation n’attend une deuxième personne.")),
    "en-route": (_l("Versements en attente"), _l("Aucun versement n’attend.")),
    "remboursements": (_l("Remboursements en cours ou échoués"), _l("Aucun remboursement n’est en cours.")),
    "contestations": (_l("Contestations ouvertes"), _l("Aucun paiement n’est contesté.")),
    "dettes": (_l("Dettes des porteurs et porteuses"), _l("Personne ne doit rien à la plateforme.")),
    "appels": (_l("Appels sans réponse"), _l("Tous les appels à Stripe ont reçu leur réponse.")),
    "refus": (_l("Appels refusés depuis trente jours"), _l("Stripe n’a refusé aucun appel.")),
    "campagnes": (_l("Toutes les campagnes"), _l("Aucune campagne n’a encore reçu de contribution.")),
}  # fmt: skip
# kind of a task → (what it is, what to do)
TASK_WORDS = {
    "books_differ": (
        _l("Deux comptes ne disent pas la même somme"),
        _l("Comparez les deux sommes dans le tableau de bord de Stripe, puis écrivez la cause. La tâche se ferme "
           "d’elle-même si l’écart disparaît."),
    ),
    "unknown_charge": (
        _l("Un débit que nous n’avons pas demandé"),
        _l("Regardez chez Stripe qui l’a fait. S’il est de trop, remboursez-le à la main dans Stripe."),
    ),
    "unknown_transfer": (
        _l("Un versement que nous n’avons pas ordonné"),
        _l("Regardez chez Stripe qui l’a fait, et s’il faut le reprendre."),
    ),
    "strange_refund": (
        _l("Un remboursement qui ne ressemble pas au nôtre"),
        _l("Comparez les deux sommes chez Stripe avant toute autre opération."),
    ),
    "refund_found": (
        _l("Un remboursement fait dans le tableau de bord de Stripe"),
        _l("Il est compté. Vérifiez qui l’a fait ; après un versement, rien n’est repris au porteur de lui-même."),
    ),
    "refund_failed": (
        _l("Un remboursement n’est pas arrivé"),
        _l("Écrivez à la personne pour trouver un autre moyen, puis recommencez ou abandonnez le remboursement."),
    ),
    "reversal_owed": (
        _l("Une somme que le compte du porteur ou de la porteuse ne pouvait pas rendre"),
        _l("Elle est redemandée chaque jour. Prenez contact avec la personne."),
    ),
    "reversal_found": (
        _l("Une reprise faite dans le tableau de bord de Stripe"), _l("Elle est comptée. Vérifiez qui l’a faite."),
    ),
    "dispute_opened": (
        _l("Une personne conteste son paiement à sa banque"),
        _l("Envoyez les preuves dans le tableau de bord de Stripe avant la date. La tâche se ferme à la décision."),
    ),
    "strange_amount": (
        _l("Un débit d’un autre montant que la contribution"),
        _l("Il n’est pas compté. Remboursez-le à la main dans Stripe, ou écrivez d’où il vient."),
    ),
    "strange_intent": (
        _l("Un paiement qui n’est pas celui que nous avons demandé"),
        _l("Il n’est pas compté. Comparez avec Stripe avant toute autre opération."),
    ),
    "strange_session": (
        _l("Une page de paiement qui ne ressemble pas à la nôtre"),
        _l("Rien n’est compté. Comparez avec Stripe : montant, monnaie et personne."),
    ),
    "overdue_transfer": (
        _l("De l’argent attend depuis plus de %(days)s jours, et c’est à nous d’agir", days=OVERDUE_REMINDER_DAYS[0]),
        _l("Préparez ou approuvez son versement : il ne doit pas attendre %(days)s jours.", days=OVERDUE_DAYS),
    ),
    "lost_promise": (
        _l("Une promesse faite après la copie remise en place, que nous n’avons plus"),
        _l("Stripe l’a gardée. Cherchez-y la personne et écrivez-lui : rien ne sera débité pour cette promesse ; "
           "ce qui l’est déjà se rembourse à la main dans Stripe."),
    ),
    "sale_renounced": (
        _l("Une personne renonce à une prévente qu’elle a payée"),
        _l("Proposez son remboursement depuis la page de la contribution ; la loi laisse quatorze jours. Puis écrivez "
           "ici ce qui a été fait."),
    ),
    "strange_dispute": (
        _l("Une banque a décidé deux fois"), _l("Comparez avec Stripe, puis écrivez ce qui vaut."),
    ),
}  # fmt: skip
OTHER_TASK = (_l("Quelque chose à regarder"), _l("Comparez les deux côtés, puis écrivez ce que vous avez trouvé."))

CALL_WORDS = {
    OperationKind.CUSTOMER_CREATE: _l("ouvrir une fiche client"),
    OperationKind.SESSION_CREATE: _l("ouvrir la page de carte"),
    OperationKind.SESSION_EXPIRE: _l("fermer la page de carte"),
    OperationKind.INTENT_CREATE: _l("préparer un débit"),
    OperationKind.INTENT_CONFIRM: _l("débiter"),
    OperationKind.INTENT_CONFIRM_ON_SESSION: _l("débiter, avec la personne"),
    OperationKind.INTENT_CANCEL: _l("annuler un débit"),
    OperationKind.INTENT_UPDATE: _l("changer un débit"),
    OperationKind.METHOD_DETACH: _l("oublier une carte"),
    OperationKind.ACCOUNT_CREATE: _l("ouvrir un compte de paiement"),
    OperationKind.TRANSFER_CREATE: _l("verser"),
    OperationKind.REFUND_CREATE: _l("rembourser"),
    OperationKind.REVERSAL_CREATE: _l("reprendre un versement"),
}
# state → (words, kind of tag)
CALL_STATE_WORDS = {
    OperationState.PLANNED: (_l("pas encore envoyé"), "wait"),
    OperationState.SENT: (_l("envoyé, sans réponse"), "wait"),
    OperationState.UNKNOWN: (_l("réponse inconnue"), "bad"),
    OperationState.LOOK_UP: (_l("à regarder d’abord"), "bad"),
    OperationState.DONE: (_l("fait"), "good"),
    OperationState.REJECTED: (_l("refusé"), "bad"),
}
REFUND_STATE_WORDS = {
    RefundState.PROPOSED: (_l("attend une deuxième personne"), "wait"),
    RefundState.PLANNED: (_l("part chez Stripe"), "info"),
    RefundState.PENDING: (_l("la banque n’a pas fini"), "info"),
    RefundState.SUCCEEDED: (_l("arrivé"), "good"),
    RefundState.FAILED: (_l("échoué"), "bad"),
    RefundState.CANCELLED: (_l("abandonné"), ""),
}
# Why money went back. A new reason needs its line here, and its sentence in settlement/back_mails.why.
REFUND_REASON_WORDS = {
    RefundReason.ASKED: _l("demandé par la personne avant la fin"),
    RefundReason.LATE: _l("payé trop tard"),
    RefundReason.CANCELLED: _l("campagne annulée"),
    RefundReason.FAILED: _l("campagne non réussie"),
    RefundReason.MISSED: _l("trop peu réuni, selon les règles"),
    RefundReason.OVERDUE: _l("pas reversé en %(days)s jours", days=OVERDUE_DAYS),
    RefundReason.GOODWILL: _l("décision de la plateforme"),
    RefundReason.DUPLICATE: _l("payé deux fois"),
    RefundReason.FRAUD: _l("fraude"),
    RefundReason.FOUND: _l("fait chez Stripe"),
}
PROPOSABLE_REASONS = (  # by treasurers; the others are given by the rules
    RefundReason.GOODWILL,
    RefundReason.DUPLICATE,
    RefundReason.FRAUD,
)
PAYOUT_STATE_WORDS = {
    "prepared": (_l("attend une deuxième personne"), "wait"),
    "approved": (_l("approuvé"), "good"),
    "withdrawn": (_l("arrêté"), ""),
}
CANCELLATION_STATE_WORDS = {
    "proposed": (_l("attend une deuxième personne"), "wait"),
    "approved": (_l("campagne annulée"), "bad"),
    "given_up": (_l("abandonnée"), ""),
}
TRANSFER_STATE_WORDS = {
    "": _l("à venir"), "planned": _l("en cours"), "sent": _l("en cours"), "done": _l("fait"), "blocked": _l("refusé"),
}  # fmt: skip
DIFFERENCE_WORDS = {
    "total": _l("Le total affiché et la somme des contributions"),
    "paid": _l("Les débits et les contributions débitées"),
}
BOOKING_WORDS = {
    "charge": _l("Débit"), "transfer": _l("Versement"), "refund": _l("Remboursement"),
    "refund_failure": _l("Remboursement revenu"), "fee_left": _l("Reste des frais de Stripe"),
    "reversal": _l("Reprise de versement"), "debt": _l("Dette"),
    "dispute": _l("Somme retenue par une banque"), "dispute_won": _l("Somme rendue par une banque"),
    "dispute_lost": _l("Contestation perdue"),
}  # fmt: skip
ACCOUNT_WORDS = {
    ledger.AVAILABLE: _l("Disponible chez Stripe"), ledger.FEES_PSP: _l("Frais de Stripe"),
    ledger.FEES_PLATFORM: _l("Frais de la plateforme"), ledger.DISPUTES: _l("Contestations en cours"),
}  # fmt: skip
OUTAGE_WORDS = {"worker": _l("le travail de fond"), "stripe": _l("Stripe")}
