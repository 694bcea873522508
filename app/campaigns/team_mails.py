"""The mail that offers a place in a team."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.accounts.queries import find_by_email
from app.campaigns.models import Campaign, CampaignInvitation
from app.campaigns.team_queries import invitation_key
from app.campaigns.words import ROLES
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail


def invited(invitation: CampaignInvitation, campaign: Campaign, by: User, *, at: datetime) -> None:
    known = find_by_email(invitation.email)
    locale = known.locale if known else by.locale
    with force_locale(locale):
        subject = _("Vous êtes invité·e dans l’équipe d’une campagne")
        post_mail(
            "message", to=invitation.email, subject=subject,
            occasion=f"campaign:{campaign.id}:invitation:{invitation.id}", at=at, locale=locale,
            title=subject, reply_to=by.email,
            paragraphs=[
                _("%(name)s vous propose de rejoindre l’équipe de « %(title)s ».", name=by.name, title=campaign.title),
                _("Votre rôle : %(role)s.", role=ROLES[invitation.role]),
                _("Il vous faut un compte à cette adresse. L’invitation est valable jusqu’au %(day)s.",
                  day=date_long(invitation.expires_at)),
            ],
            action_label=_("Voir l’invitation"),
            action_url=external_url("campaigns.accept_invitation", key=invitation_key(invitation.id)),
            reason=_(
                "Vous recevez ce message parce que %(name)s a donné votre adresse. Sinon, ignorez-le.",
                name=by.name,
            ),
        )  # fmt: skip
