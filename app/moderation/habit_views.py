"""What a reviewer keeps beside the files: the yearly list of interests, and the sentences used again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import EmptyForm
from app.moderation import forms, interest_services, interests, policy, queries
from app.moderation.models import Phrase
from app.moderation.views import bp, mine


@bp.route("/moderation/mes-interets", methods=["GET", "POST"])
@allow(policy.moderates_somewhere)
def my_interests() -> ResponseReturnValue:
    by = viewer().user_id or 0
    known = interests.declaration_of(by)
    form = forms.InterestsForm(data={"names": "\n".join(known.names)} if known else {})
    if form.validate_on_submit():
        with transaction():
            interest_services.declare(
                form.lines, contacts=form.contacts(), forget=form.forget.data, by=by, at=clock.now()
            )
        flash(_("Votre déclaration de l’année est enregistrée."), "success")
        return redirect(url_for("moderation.my_interests"), 303)
    year, is_reachable = clock.paris_day(clock.now()).year, interests.is_reachable(by)
    return (
        render_template("moderation/interests.html", form=form, known=known, year=year, is_reachable=is_reachable),
        422 if form.is_submitted() else 200,
    )


@bp.route("/moderation/phrases", methods=["GET", "POST"])
@allow(policy.moderates_somewhere)
def phrases() -> ResponseReturnValue:
    """The library of one's own organisations; a new one belongs to the first of them."""
    form, ours = forms.PhraseForm(), mine()
    if form.validate_on_submit():
        with transaction():
            interest_services.add_phrase(
                min(ours), title=form.title.data or "", text=form.text.data or "", by=viewer().user_id or 0,
                at=clock.now(),
            )  # fmt: skip
        flash(_("La phrase est gardée."), "success")
        return redirect(url_for("moderation.phrases"), 303)
    return (
        render_template("moderation/phrases.html", form=form, phrases=queries.phrases(ours)),
        422 if form.is_submitted() else 200,
    )


@bp.route("/moderation/phrases/<int:phrase_id>", methods=["GET", "POST"])
@allow(policy.may_change_phrase, subject=queries.get_phrase)
def phrase(phrase: Phrase) -> ResponseReturnValue:
    """Change one, or withdraw it."""
    by, at = viewer().user_id or 0, clock.now()
    if "end" in request.form:
        if not EmptyForm().validate_on_submit():
            raise NotAllowed
        with transaction():
            interest_services.end_phrase(phrase, by=by, at=at)
        flash(_("La phrase est retirée."), "success")
        return redirect(url_for("moderation.phrases"), 303)
    form = forms.PhraseForm(obj=phrase)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("moderation/phrase.html", form=form, phrase=phrase), status
    with transaction():
        interest_services.change_phrase(phrase, title=form.title.data or "", text=form.text.data or "", by=by, at=at)
    flash(_("La phrase est changée."), "success")
    return redirect(url_for("moderation.phrases"), 303)
