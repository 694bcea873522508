"""What readers, askers and the team read by mail."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import one_line, post_mail
from app.core.rich import without_pictures
from app.core.text import markdown_to_html
from app.threads.keys import news_key, question_key
from app.threads.models import News, Question
from app.threads.readers import Reader
from app.threads.rules import QuestionState


def news(news: News, reader: Reader, *, at: datetime) -> None:
    """One piece of news to one address: the whole text, a link to it, and the link that ends them."""
    campaign, key = news.campaign, news_key(news.campaign_id, reader.email)
    who = hashlib.sha256(reader.email.encode()).hexdigest()[:32]
    stop_url = external_url("threads.stop_news", key=key)
    with force_locale(reader.locale):
        told = without_pictures(news.markdown, lambda words: _("(Image : %(words)s)", words=words))
        post_mail(
            "news",
            to=reader.email,
            subject=one_line(_("%(campaign)s : %(title)s", campaign=campaign.title, title=news.title)),
            occasion=f"news:{news.id}:{who}",
            at=at,
            locale=reader.locale,
            reply_to=campaign.owner.email,
            stop_url=stop_url,
            title=news.title,
            campaign=campaign.title,
            author=news.author.name,
            html=markdown_to_html(told),
            text=told,
            stop_url_shown=stop_url,
            action_label=_("Voir sur la page de la campagne"),
            action_url=external_url("threads.news", slug=campaign.slug, news_id=news.id, cle=key),
        )


def confirm_question(question: Question, campaign: Campaign, *, at: datetime) -> None:
    with force_locale(question.locale):
        subject = _("Confirmez votre question")
        post_mail(
            "message", to=question.email, subject=subject, occasion=f"question:{question.id}:confirm", at=at,
            locale=question.locale, title=subject,
            paragraphs=[
                _("Vous posez une question à l’équipe de « %(title)s » :", title=campaign.title),
                _("« %(words)s »", words=question.text),
                _("Confirmez-la pour qu’elle lui parvienne. Sans confirmation, elle est effacée dans une semaine."),
            ],
            action_label=_("Confirmer ma question"),
            action_url=external_url("threads.confirm_question", key=question_key(question.public_id)),
            reason=_(
                "Vous recevez ce message parce que cette adresse a été donnée pour poser une question. "
                "Si ce n’est pas vous, ignorez-le."
            ),
        )  # fmt: skip


def question_waits(question: Question, campaign: Campaign, *, at: datetime) -> None:
    owner = db.session.get_one(User, campaign.owner_id)
    with force_locale(owner.locale):
        subject = _("Une question sur votre campagne")
        post_mail(
            "message", to=owner.email, subject=subject, occasion=f"question:{question.id}:waits", at=at,
            locale=owner.locale, title=subject,
            paragraphs=[
                _("%(name)s demande, à propos de « %(title)s » :", name=question.name, title=campaign.title),
                _("« %(words)s »", words=question.text),
                _("Votre réponse paraîtra sur la page de la campagne, sous la question."),
            ],
            action_label=_("Répondre"), action_url=external_url("threads.questions", slug=campaign.slug),
            reason=_("Vous recevez ce message parce que vous portez la campagne « %(title)s ».", title=campaign.title),
        )  # fmt: skip


def question_settled(question: Question, campaign: Campaign, *, at: datetime) -> None:
    is_answer = question.state == QuestionState.ANSWERED
    with force_locale(question.locale):
        subject = (
            _("La réponse à votre question") if is_answer else _("Votre question ne reçoit pas de réponse publique")
        )
        post_mail(
            "message", to=question.email, subject=subject, occasion=f"question:{question.id}:settled", at=at,
            locale=question.locale, title=subject,
            paragraphs=[
                _("Vous demandiez à l’équipe de « %(title)s » :", title=campaign.title),
                _("« %(words)s »", words=question.text),
                _("L’équipe répond :") if is_answer else _("L’équipe ne la publie pas, et vous dit pourquoi :"),
                question.answer,
            ],
            action_label=_("Voir la campagne"), action_url=external_url("campaigns.show", slug=campaign.slug),
            reason=_("Vous recevez ce message parce que vous avez posé une question à cette campagne."),
        )  # fmt: skip
