"""Organisations: list, create, edit with both versions shown, close and reopen."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm
from app.network import consortium_queries, policy, queries, services
from app.network.admin_forms import OrganisationForm
from app.network.errors import OverwriteRefused, SlugTaken
from app.network.models import Organisation
from app.network.views import bp
from app.network.words import LEVEL_WORDS, ROLE_WORDS


@bp.get("/administration/structures")
@allow(policy.administers)
def organisations() -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()
    found = queries.search_organisations(asked, queries.organisations(with_inactive=True))
    return render_template("network/organisations.html", organisations=found, asked=asked)


@bp.route("/administration/structures/nouvelle", methods=["GET", "POST"])
@allow(policy.administers)
def new_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            with transaction():
                slug = services.create_organisation(by=viewer().user_id or 0, at=clock.now(), **form.values()).slug
        except SlugTaken as error:
            form.name.errors = [*form.name.errors, str(error)]
        else:
            flash(_("La structure est créée. Dites maintenant où elle répond, et qui y travaille."), "success")
            return redirect(url_for("network.organisation", slug=slug), 303)
    return render_template("network/organisation_new.html", form=form), _status(form)


def _status(form: OrganisationForm) -> int:
    return 422 if form.is_submitted() and not form.is_searching else 200


def _opened(organisation: Organisation) -> OrganisationForm:
    return OrganisationForm(
        data={
            "name": organisation.name, "aliases": "\n".join(organisation.aliases),
            "commune": organisation.commune_code, "contact_email": organisation.contact_email,
            "website": organisation.website, "to_confirm": organisation.to_confirm,
            "version": organisation.version,
        }
    )  # fmt: skip


@bp.route("/administration/structures/<slug>", methods=["GET", "POST"])
@allow(policy.administers, subject=queries.get_organisation)
def organisation(found: Organisation) -> ResponseReturnValue:
    form, key = _opened(found), found.id
    if not form.validate_on_submit():
        return _page(found, form, _status(form))
    try:
        with transaction():
            services.change_organisation(
                queries.lock_organisation(key), version=form.version.number, by=viewer().user_id or 0,
                at=clock.now(), **form.values(),
            )  # fmt: skip
    except OverwriteRefused:
        newer = queries.lock_organisation(key)
        form.version.data = str(newer.version)
        return _page(newer, form, 409, newer=_opened_values(newer))
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("network.organisations"), 303)


def _opened_values(newer: Organisation) -> list[tuple[str, str]]:
    """What somebody else saved meanwhile, field by field."""
    commune = queries.find_commune(newer.commune_code or "")
    return [
        (_("Nom"), newer.name),
        (_("Autres noms"), ", ".join(newer.aliases)),
        (_("Commune du siège"), commune.label if commune else ""),
        (_("Adresse e-mail de contact"), newer.contact_email),
        (_("Site web"), newer.website),
    ]


def _page(
    found: Organisation, form: OrganisationForm, status: int, newer: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    return render_template(
        "network/organisation.html",
        organisation=found,
        form=form,
        newer=newer,
        offers=queries.offers(organisation_id=found.id),
        memberships=consortium_queries.memberships_of(found.id),
        rights=queries.rights_rows(organisation_id=found.id),
        roles=ROLE_WORDS,
        levels=LEVEL_WORDS,
        now=clock.now(),
        today=clock.paris_day(clock.now()).date(),
    ), status


@bp.post("/administration/structures/<slug>/<any(fermer, rouvrir):verb>")
@allow(policy.administers, subject=lambda slug, verb: (queries.get_organisation(slug), verb))
def set_active(subject: tuple[Organisation, str]) -> ResponseReturnValue:
    found, verb = subject
    slug, key = found.slug, found.id
    if not EmptyForm().validate_on_submit():
        raise DomainError
    with transaction():
        services.set_active(
            queries.lock_organisation(key),
            is_active=verb == "rouvrir",
            by=viewer().user_id or 0,
            at=clock.now(),
        )
    flash(
        _("La structure est réactivée.") if verb == "rouvrir" else _("La structure est désactivée."),
        "success",
    )
    return redirect(url_for("network.organisation", slug=slug), 303)
