"""The administrator's first page, the coverage, the texts and the journal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.i18n import rate
from app.network import overview, policy, queries, services
from app.network.admin_forms import FeeForm, TextForm
from app.network.errors import OverwriteRefused
from app.network.overview import Text
from app.network.views import bp
from app.network.words import ACTION_WORDS, COVERAGE_WORDS, ROLE_WORDS, TEXT_WORDS


@bp.get("/administration")
@allow(policy.administers)
def admin_home() -> ResponseReturnValue:
    return render_template("network/admin_home.html", overview=overview.overview())


@bp.get("/administration/couverture")
@allow(policy.sees_coverage)
def coverage() -> ResponseReturnValue:
    return render_template(
        "network/coverage.html",
        cells=queries.coverage(clock.paris_day(clock.now()).date()),
        programmes=queries.programmes(),
        departements=queries.departements(),
        fallback=queries.find_fallback(),
        twins=queries.twin_offers(),
        words=COVERAGE_WORDS,
    )


@bp.get("/administration/textes")
@allow(policy.administers)
def texts() -> ResponseReturnValue:
    return render_template(
        "network/texts.html",
        texts=overview.texts(),
        fee=overview.find_text("platform_fee_bps"),
        words=TEXT_WORDS,
        optional=overview.OPTIONAL,
    )


def get_text(key: str) -> Text:
    """Errors: NotFound."""
    found = overview.find_text(key)
    if found is None:
        raise NotFound
    return found


@bp.route("/administration/textes/<key>", methods=["GET", "POST"])
@allow(policy.administers, subject=get_text)
def edit_text(text: Text) -> ResponseReturnValue:
    is_fee = text.key == "platform_fee_bps"
    shown = {"percent": rate(text.value)} if is_fee else {"value": text.value}
    form = (FeeForm if is_fee else TextForm)(data={**shown, "version": text.version})
    status, newer = (422 if form.is_submitted() else 200), ""
    if form.validate_on_submit():
        try:
            _save_text(text, form)
        except OverwriteRefused:
            # Both texts are shown; saving again then replaces the newer one, knowingly.
            newer, status, form.version.data = next(iter(shown.values())), 409, str(text.version)
        else:
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("network.texts"), 303)
    page = render_template(
        "network/text.html", form=form, text=text, newer=newer, title=TEXT_WORDS[text.key], is_fee=is_fee
    )
    return page, status


def _save_text(text: Text, form: FeeForm | TextForm) -> None:
    by, at, version = viewer().user_id or 0, clock.now(), form.version.number
    with transaction():
        if isinstance(form, FeeForm):
            services.change_fee(form.percent.bps or 0, version=version, by=by, at=at)
        else:
            services.change_text(text.key, form.value.data or "", version=version, by=by, at=at)


@bp.get("/administration/journal")
@allow(policy.administers)
def admin_journal() -> ResponseReturnValue:
    found = overview.changes(before=request.args.get("avant", type=int))
    shown = found[: overview.PAGE]
    return render_template(
        "network/journal.html",
        changes=shown,
        older=shown[-1].id if len(found) > overview.PAGE else None,
        actions=ACTION_WORDS,
        roles=ROLE_WORDS,
        texts=TEXT_WORDS,
    )
