"""Consortia: list, found, change, members in and out."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import choices_of
from app.network import consortium_queries, consortium_services, policy, queries
from app.network.errors import LeadIsNoMember, OverwriteRefused, SlugTaken
from app.network.group_forms import NO_ONE, ConsortiumForm, EndMembershipForm, MemberForm
from app.network.models import Consortium, ConsortiumMember
from app.network.views import bp
from app.network.words import CONSORTIUM_WORDS


def _today() -> date:
    return clock.paris_day(clock.now()).date()


@bp.get("/administration/groupements")
@allow(policy.administers)
def consortia() -> ResponseReturnValue:
    return render_template("network/consortia.html", consortia=consortium_queries.consortia(), kinds=CONSORTIUM_WORDS)


@bp.route("/administration/groupements/nouveau", methods=["GET", "POST"])
@allow(policy.administers)
def new_consortium() -> ResponseReturnValue:
    form = ConsortiumForm()
    form.lead.choices = choices_of([(NO_ONE, _("À choisir parmi les membres, plus tard"))])
    if form.validate_on_submit():
        try:
            with transaction():
                slug = consortium_services.found_consortium(
                    name=form.name.data or "", by=viewer().user_id or 0, at=clock.now(), **form.values()
                ).slug
        except SlugTaken:
            form.name.errors = [_("Un groupement porte déjà ce nom.")]
        else:
            flash(_("Le groupement est créé. Dites maintenant qui en est membre."), "success")
            return redirect(url_for("network.consortium", slug=slug), 303)
    return render_template("network/consortium_new.html", form=form), 422 if form.is_submitted() else 200


def _form(group: Consortium, *, is_posted: bool = False) -> ConsortiumForm:
    form = ConsortiumForm(
        **({} if is_posted else {"formdata": None}),
        data={
            "name": group.name, "kind": group.kind, "lead": group.lead_organisation_id or NO_ONE,
            "source": group.source, "starts_on": group.starts_on, "ends_on": group.ends_on, "version": group.version,
        },
    )  # fmt: skip
    members = {m.organisation_id: m.organisation.name for m in consortium_queries.members_of(group.id)}
    form.lead.choices = choices_of([(NO_ONE, _("Personne")), *members.items()])
    return form


def _page(slug: str, status: int = 200, form: ConsortiumForm | None = None, member: MemberForm | None = None,
          ending: EndMembershipForm | None = None) -> ResponseReturnValue:  # fmt: skip
    group = consortium_queries.get_consortium(slug)
    member = member or MemberForm(formdata=None)
    member.organisation.choices = choices_of((o.id, o.name) for o in queries.organisations() if not o.is_fallback)
    return render_template(
        "network/consortium.html", group=group, form=form or _form(group), member=member.apart("membre"),
        members=consortium_queries.members_of(group.id), today=_today(), kinds=CONSORTIUM_WORDS,
        ending=ending or EndMembershipForm(formdata=None, data={"last_day": _today()}),
    ), status  # fmt: skip


@bp.route("/administration/groupements/<slug>", methods=["GET", "POST"])
@allow(policy.administers, subject=consortium_queries.get_consortium)
def consortium(group: Consortium) -> ResponseReturnValue:
    slug, form = group.slug, _form(group, is_posted=True)
    if not form.validate_on_submit():
        return _page(slug, 422 if form.is_submitted() else 200, form)
    try:
        with transaction():
            consortium_services.change_consortium(
                consortium_queries.get_consortium(slug), version=form.version.number, on=_today(),
                name=form.name.data, by=viewer().user_id or 0, at=clock.now(), **form.values(),
            )  # fmt: skip
    except (LeadIsNoMember, OverwriteRefused) as error:
        (form.lead if isinstance(error, LeadIsNoMember) else form.name).errors = [str(error)]
        form.version.data = str(consortium_queries.get_consortium(slug).version)
        return _page(slug, error.status, form)
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("network.consortium", slug=slug), 303)


@bp.post("/administration/groupements/<slug>/membres")
@allow(policy.administers, subject=consortium_queries.get_consortium)
def add_member(group: Consortium) -> ResponseReturnValue:
    slug, form = group.slug, MemberForm()
    form.organisation.choices = choices_of((o.id, o.name) for o in queries.organisations() if not o.is_fallback)
    if not form.validate_on_submit():
        return _page(slug, 422, member=form)
    try:
        with transaction():
            consortium_services.add_member(
                consortium_queries.get_consortium(slug), organisation_id=form.organisation.data,
                source=form.source.data or "", by=viewer().user_id or 0, at=clock.now(), **form.days(),
            )  # fmt: skip
    except DomainError as error:
        form.organisation.errors = [str(error)]
        return _page(slug, error.status, member=form)
    flash(_("La structure est membre du groupement."), "success")
    return redirect(url_for("network.consortium", slug=slug), 303)


@bp.post("/administration/groupements/<slug>/membres/<int:member_id>/fin")
@allow(policy.administers, subject=consortium_queries.get_member)
def end_membership(member: ConsortiumMember) -> ResponseReturnValue:
    slug, key, form = member.consortium.slug, member.id, EndMembershipForm()
    if not form.validate_on_submit():
        return _page(slug, 422, ending=form)
    try:
        with transaction():
            consortium_services.end_membership(
                consortium_queries.get_member(slug, key), last_day=form.last_day.data, by=viewer().user_id or 0,
                at=clock.now(),
            )  # fmt: skip
    except DomainError as error:
        form.last_day.errors = [str(error)]
        return _page(slug, error.status, ending=form)
    flash(_("La fin de l’adhésion est enregistrée."), "success")
    return redirect(url_for("network.consortium", slug=slug), 303)
