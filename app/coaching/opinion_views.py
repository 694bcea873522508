"""Opinions: asked from a record in two clicks, answered by a colleague who sees no more than was shared."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import opinion_policy as policy
from app.coaching import opinion_queries as queries
from app.coaching import opinion_services as services
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.opinion_forms import AnswerForm, OpinionForm
from app.coaching.opinion_models import RecordOpinion
from app.coaching.policy import may_read
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm, choices_of
from app.core.text import public_id
from app.network.communes import find_commune

bp = Blueprint("opinions", __name__)
Subject = tuple[RecordFile, RecordOpinion]


def _form(file: RecordFile, *, empty: bool = False) -> OpinionForm:
    form = OpinionForm(formdata=None, name=public_id()) if empty else OpinionForm()
    but = frozenset({viewer().user_id or 0, *file.holder_ids, *file.excluded_ids})
    form.colleague.choices = choices_of(
        (user_id, f"{name} — {organisation}")
        for user_id, name, organisation in queries.colleagues(clock.now(), but=but)
    )
    return form


@bp.get("/accompagnement/dossiers/<reference>/avis")
@allow(policy.may_list, subject=get_file)
def listed(file: RecordFile) -> ResponseReturnValue:
    return _page(file)


def _page(file: RecordFile, status: int = 200, form: OpinionForm | None = None) -> ResponseReturnValue:
    who = viewer()
    opinions = [(one, policy.may_revoke(who, (file, one.opinion))) for one in queries.of_record(file.record.id)]
    return render_template(
        "coaching/opinions.html", record=file.record, opinions=opinions, form=form or _form(file, empty=True)
    ), status


@bp.post("/accompagnement/dossiers/<reference>/avis")
@allow(policy.may_list, subject=get_file)
def ask(file: RecordFile) -> ResponseReturnValue:
    form, reference = _form(file), file.reference
    if not form.validate_on_submit():
        return _page(file, 422, form)
    try:
        with transaction():
            services.ask(
                get_file(reference).record, form.colleague.data, question=form.question.data or "",
                shares_record=form.shares.data == "yes", due_on=form.due_on.data, name=form.name.data or "",
                by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _page(get_file(reference), refusal.status, form)
    flash(_("La question est partie."), "success")
    return redirect(url_for("opinions.listed", reference=reference), 303)


@bp.get("/accompagnement/avis")
@allow(policy.works_in_network)
def mine() -> ResponseReturnValue:
    return render_template("coaching/opinions_mine.html", opinions=queries.asked_of(viewer().user_id or 0))


@bp.get("/accompagnement/avis/<name>")
@allow(policy.may_answer, subject=queries.get_opinion)
def show(subject: Subject) -> ResponseReturnValue:
    return _question(subject, AnswerForm(formdata=None))


def _question(subject: Subject, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    """Programme, département and step place the question; no name, title, commune or reference beside it."""
    file, opinion = subject
    commune = find_commune(file.record.project.commune_code or "")
    return render_template(
        "coaching/opinion.html", asked=queries.opened(opinion), form=form, programme=file.record.programme.name,
        departement=commune.departement if commune else "", step=file.record.step,
        organisation=file.record.organisation.name,
        reference=file.reference if may_read(viewer(), file) else "",
    ), status  # fmt: skip


@bp.post("/accompagnement/avis/<name>")
@allow(policy.may_answer, subject=queries.get_opinion)
def answer(subject: Subject) -> ResponseReturnValue:
    form, name = AnswerForm(), subject[1].name
    if not form.validate_on_submit():
        return _question(subject, form, 422)
    with transaction():
        services.answer(
            queries.get_opinion(name)[1], text=form.text.data or "", by=viewer().user_id or 0, at=clock.now()
        )
    flash(_("Votre avis est transmis. Merci."), "success")
    return redirect(url_for("opinions.show", name=name), 303)


@bp.post("/accompagnement/avis/<name>/retirer")
@allow(policy.may_revoke, subject=queries.get_opinion)
def revoke(subject: Subject) -> ResponseReturnValue:
    reference, name = subject[0].reference, subject[1].name
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        services.revoke(queries.get_opinion(name)[1], by=viewer().user_id, at=clock.now())
    flash(_("La question est retirée."), "success")
    return redirect(url_for("opinions.listed", reference=reference), 303)
