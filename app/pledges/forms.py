"""The counter: what a contributor types becomes cents, words and consents."""

from __future__ import annotations

import re
import secrets

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from app.accounts.forms import is_a_name
from app.campaigns.rules import FundingKind
from app.core.forms import BaseForm, BetweenCents, EmailField, EuroField, LineField, TextField
from app.core.i18n import date_long, euros
from app.network.postcodes import is_postcode
from app.pledges.counter import Counter
from app.pledges.rules import MAX_CENTS, MIN_CENTS, meant_address

NO_REWARD = 0
_NEEDED = _l("Cochez cette case pour continuer.")


class PledgeForm(BaseForm):
    """One promise. `form_key` is drawn when the form is shown: a second click finds the first promise."""

    form_key = HiddenField(
        _l("Ce formulaire"), [Regexp(r"[\w-]{16,64}\Z", re.ASCII, _l("Rechargez la page, puis recommencez."))]
    )
    reward = RadioField(_l("Votre contrepartie"), coerce=int, default=NO_REWARD, validate_choice=True)
    amount = EuroField(
        _l("Votre contribution"),
        [InputRequired(_l("Indiquez un montant.")), BetweenCents(MIN_CENTS, MAX_CENTS)],
        description=_l("En euros, par exemple 25 ou 12,50. Le montant est libre, à partir de 1 €."),
    )
    email = EmailField(
        _l("Votre adresse e-mail"),
        [InputRequired(_l("Indiquez votre adresse e-mail.")), Length(max=254)],
        description=_l("Pour vous confirmer la promesse, et vous dire si elle est débitée."),
    )
    asked_email = HiddenField(_l("L’adresse déjà vérifiée"), [Length(max=254)])  # sent again as it is: it is meant so
    name = LineField(
        _l("Votre nom"),
        [is_a_name],
        max_length=120,
        description=_l(
            "Demandé, sauf si vous choisissez plus bas de ne pas le montrer. Seule l’équipe du projet le voit alors."
        ),
    )
    postcode = LineField(
        _l("Votre code postal"),
        max_length=10,
        description=_l(
            "Facultatif. Nous n’en gardons que le département et l’intercommunalité, pour dire combien de voisins "
            "soutiennent le projet."
        ),
        render_kw={"inputmode": "numeric", "autocomplete": "postal-code"},
    )
    is_anonymous = BooleanField(_l("Ne pas montrer mon nom sur la page de la campagne"))
    hides_amount = BooleanField(_l("Ne pas montrer le montant"))
    message = TextField(
        _l("Un mot public pour l’équipe du projet"),
        max_length=500,
        description=_l("Facultatif, visible sur la page de la campagne."),
    )
    consent_charge = BooleanField(validators=[InputRequired(_NEEDED)])
    consent_terms = BooleanField(_l("J’ai lu les règles de la plateforme et je les accepte."), [InputRequired(_NEEDED)])

    def prepare(self, campaign: Counter) -> PledgeForm:
        """Fill in what depends on the campaign: rewards still there, and the exact words of the consent."""
        if not self.is_submitted():
            self.form_key.data = secrets.token_urlsafe(16)
        self.reward.choices = [(NO_REWARD, _("Sans contrepartie"))] + [
            (reward.id, f"{reward.title} — {euros(reward.amount_cents)}") for reward in campaign.rewards
        ]
        if campaign.kind == FundingKind.FLEXIBLE:
            return self._prepare_flexible(campaign)
        self.consent_charge.label.text = _(
            "J’accepte que ma carte soit débitée de ce montant après le %(day)s, seulement si la campagne a "
            "réuni au moins %(goal)s à cette date.",
            day=date_long(campaign.closes_at),
            goal=euros(campaign.goal_cents),
        )
        return self

    def _prepare_flexible(self, campaign: Counter) -> PledgeForm:
        self.consent_charge.label.text = _(
            "J’accepte que ma carte soit débitée de ce montant aujourd’hui, que la campagne atteigne %(goal)s ou non. "
            "Jusqu’au %(day)s, je peux annuler : tout m’est alors remboursé.",
            day=date_long(campaign.closes_at),
            goal=euros(campaign.goal_cents),
        )
        self.email.description = _("Pour vous envoyer le reçu, et le lien qui permet d’annuler.")
        return self

    def validate_email(self, field: EmailField) -> None:
        meant = meant_address(field.data or "")
        if meant and self.asked_email.data != field.data:
            self.asked_email.data = field.data
            raise ValidationError(
                _("Vouliez-vous dire %(meant)s ? Si votre adresse est juste, envoyez une seconde fois.", meant=meant)
            )

    def validate_name(self, field: LineField) -> None:
        if not field.data and not self.is_anonymous.data:
            raise ValidationError(_("Indiquez votre nom, ou choisissez de ne pas le montrer."))

    def validate_postcode(self, field: LineField) -> None:
        field.data = "".join((field.data or "").split())
        if field.data and not is_postcode(field.data):
            raise ValidationError(
                _("Ce code postal n’existe pas : cinq chiffres, par exemple 21000, ou laissez ce champ vide.")
            )

    def validate_reward(self, field: RadioField) -> None:
        if field.data is None:
            raise ValidationError(_("Choisissez une contrepartie, ou « Sans contrepartie »."))


class AmountForm(BaseForm):
    """Another amount for the same promise; `consents` is asked for when it grows."""

    amount = EuroField(
        _l("Nouveau montant"), [InputRequired(_l("Indiquez un montant.")), BetweenCents(MIN_CENTS, MAX_CENTS)]
    )
    consents = BooleanField(_l("J’accepte que ma carte soit débitée de ce montant, aux mêmes conditions."))


class AddressForm(BaseForm):
    """The address whose promises one wants to find again."""

    email = EmailField(
        _l("Votre adresse e-mail"),
        [InputRequired(_l("Indiquez votre adresse e-mail.")), Length(max=254)],
        description=_l("Celle que vous avez donnée en contribuant."),
    )
