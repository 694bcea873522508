"""Visitors ask, confirm their address; the team answers, or says why not."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock, i18n, limits
from app.core.access import allow, anyone, viewer
from app.core.database import transaction
from app.core.forms import EmptyForm
from app.threads import keys, policy, queries, rules, services
from app.threads.forms import AnswerForm, DeclineForm, GuestQuestionForm, QuestionForm
from app.threads.models import Question
from app.threads.news_views import bp as bp  # one blueprint, the routes of both files
from app.threads.words import QUESTION_STATES

ONE = "/mes-campagnes/<slug>/questions/<int:question_id>"


@bp.route("/campagnes/<slug>/question", methods=["GET", "POST"])
@allow(anyone, subject=campaign_queries.get_public)
def ask(campaign: Campaign) -> ResponseReturnValue:
    """A page of its own: the campaign's page is the same for everybody and carries no token."""
    who, slug, campaign_id = viewer(), campaign.slug, campaign.id
    form = (QuestionForm(data={"name": who.name}) if who.is_signed_in else GuestQuestionForm()).prepare()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template(
            "threads/ask.html", campaign=campaign, form=form, may_ask=rules.may_ask(campaign.state)
        ), status
    email = who.email if who.is_signed_in else str(form["email"].data)
    _count(email)
    with transaction():  # a refusal is a page that gives the words back
        services.ask(
            campaign_queries.get(campaign_id), name=form.name.data or "", email=email, text=form.text.data or "",
            form_key=str(form.form_key.data), user=account_queries.get_user(who.user_id) if who.user_id else None,
            locale=i18n.language(), at=clock.now(),
        )  # fmt: skip
    if who.is_signed_in:
        flash(_("Votre question est envoyée à l’équipe. Vous recevrez la réponse par courriel."), "success")
    else:
        flash(_("Une dernière chose : confirmez votre question par le lien que nous venons de vous envoyer."), "info")
    return redirect(url_for("campaigns.show", slug=slug), 303)


def _count(email: str) -> None:
    """Errors: TooManyTries."""
    limits.check("question_network", limits.network())
    limits.check("question_address", email)
    limits.hit("question_network", limits.network())
    limits.hit("question_address", email)


@bp.route("/questions/<key>", methods=["GET", "POST"])
@allow(anyone)
def confirm_question(key: str) -> ResponseReturnValue:
    """The link's page only shows a button: what reads mail before people do must not confirm anything."""
    question = queries.get_question_by_public_id(keys.read_question_key(key))
    question_id, slug = question.id, question.campaign.slug
    if EmptyForm().validate_on_submit():
        with transaction():
            services.confirm_question(queries.fresh_question(question_id), at=clock.now())
        flash(_("Votre question est envoyée à l’équipe. Vous recevrez la réponse par courriel."), "success")
        return redirect(url_for("campaigns.show", slug=slug), 303)
    return render_template("threads/confirm_question.html", question=question, key=key)


@bp.get("/mes-campagnes/<slug>/questions")
@allow(policy.may_write, subject=campaign_queries.get_by_slug)
def questions(campaign: Campaign) -> ResponseReturnValue:
    return _list(campaign)


def _list(campaign: Campaign, status: int = 200, at: int = 0, **forms: Any) -> ResponseReturnValue:
    return render_template(
        "threads/questions.html", campaign=campaign, questions=queries.questions_of(campaign.id),
        states=QUESTION_STATES, failed_id=at,
        **{"answer_form": AnswerForm(formdata=None), "decline_form": DeclineForm(formdata=None), **forms},
    ), status  # fmt: skip


@bp.post(f"{ONE}/repondre")
@allow(policy.may_answer, subject=queries.get_question)
def answer(question: Question) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return _list(question.campaign, 422, question.id, answer_form=form)
    words = _("Votre réponse est publiée, et envoyée à la personne.")
    return _settle(question, words, lambda q, **by: services.answer_question(q, words=form.words.data or "", **by))


@bp.post(f"{ONE}/decliner")
@allow(policy.may_answer, subject=queries.get_question)
def decline(question: Question) -> ResponseReturnValue:
    form = DeclineForm()
    if not form.validate():
        return _list(question.campaign, 422, question.id, decline_form=form)
    words = _("La question est déclinée ; la personne reçoit votre explication.")
    return _settle(question, words, lambda q, **by: services.decline_question(q, reason=form.reason.data or "", **by))


def _settle(question: Question, words: str, verb: Any) -> ResponseReturnValue:
    """Errors: those of the verb, as a page that gives the words back."""
    slug, question_id = question.campaign.slug, question.id
    with transaction():
        verb(queries.fresh_question(question_id), by=viewer().user_id or 0, at=clock.now())
    flash(words, "success")
    return redirect(url_for("threads.questions", slug=slug), 303)
