"""The doors of everybody: home, explanations, language, health."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import queries as account_queries
from app.accounts import services as account_services
from app.accounts.sessions import cookie_name
from app.campaigns import catalogue, structured
from app.campaigns import queries as campaign_queries
from app.campaigns.rules import (
    APPEAL_WITHIN,
    DECISION_WORKING_DAYS,
    FIRST_ANSWER_WORKING_DAYS,
    MAX_DAYS,
    FundingKind,
    Theme,
)
from app.core import clock, i18n, texts
from app.core.access import allow, anyone
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.forms import EmptyForm
from app.core.links import external_url, local_path
from app.network import queries as network_queries
from app.network.communes import departements
from app.pages import proof, queries, statement
from app.pages.fees import example_of
from app.pages.forms import FeeForm

bp = Blueprint("pages", __name__)
# Fixed pages of this room for search engines; the sitemap adds places, themes and campaigns.
IN_SITEMAP = (
    "home", "how", "help", "rules", "fees", "about", "contract", "never_twice", "legal", "privacy", "accessibility",
    "security", "territories",
)  # fmt: skip


@bp.get("/")
@allow(anyone)
def home() -> ResponseReturnValue:
    shown = campaign_queries.for_home(clock.now())
    region = network_queries.map_data()
    on_map = [
        {
            **d,
            "count": shown.open_by_departement.get(d["code"], 0),
            "url": url_for("pages.territory", code=d["code"]),
        }
        for d in region.departements
    ]
    return render_template(
        "pages/home.html",
        campaigns=shown.needing,
        figures=shown.figures,
        departements=on_map,
        viewbox=region.viewbox,
        structured=structured.of_site(),
        organisations=[o for o in network_queries.organisations() if not o.is_fallback],
    )


@bp.get("/comment-ca-marche")
@allow(anyone)
def how() -> ResponseReturnValue:
    return render_template("pages/how.html", **promises())


@bp.get("/aide")
@allow(anyone)
def help() -> ResponseReturnValue:
    return render_template("pages/help.html", texts=texts.all_texts(), **promises())


@bp.get("/regles")
@allow(anyone)
def rules() -> ResponseReturnValue:
    return render_template("pages/rules.html", texts=texts.all_texts(), **promises())


def promises() -> dict[str, object]:
    """The figures that the pages promise: those that the rules and settings really use."""
    settings = current_app.config["SETTINGS"]
    return {
        "hold_days": settings.hold_days,
        "refund_below_percent": settings.refund_below_percent,
        "repair_days": -(-settings.repair_hours // 24),
        "longest_days": MAX_DAYS[FundingKind.ALL_OR_NOTHING],
        "longest_flexible_days": MAX_DAYS[FundingKind.FLEXIBLE],
        "fee_bps": texts.platform_fee_bps(),
        "first_answer_days": FIRST_ANSWER_WORKING_DAYS,
        "decision_days": DECISION_WORKING_DAYS,
        "appeal_days": APPEAL_WITHIN.days,
    }


@bp.get("/frais")
@allow(anyone)
def fees() -> ResponseReturnValue:
    form = FeeForm(request.args if "montant" in request.args else None, montant=5_000_00, contributions=100)
    is_fine = "montant" not in request.args or form.validate()
    cents = form.montant.data if is_fine else None
    example = example_of(cents, form.contributions.data) if cents else None
    status = 200 if is_fine else 422
    return render_template("pages/fees.html", form=form, example=example, **promises()), status


@bp.get("/qui-sommes-nous")
@allow(anyone)
def about() -> ResponseReturnValue:
    return render_template("pages/about.html", texts=texts.all_texts())


@bp.get("/contrat-type")
@allow(anyone)
def contract() -> ResponseReturnValue:
    """What contributor and holder promise each other; read before paying."""
    return render_template("pages/contract.html", texts=texts.all_texts(), **promises())


@bp.get("/jamais-debite-deux-fois")
@allow(anyone)
def never_twice() -> ResponseReturnValue:
    return render_template("pages/never_twice.html", texts=texts.all_texts(), proof=proof.last_run())


@bp.get("/mentions-legales")
@allow(anyone)
def legal() -> ResponseReturnValue:
    return render_template("pages/legal.html", texts=texts.all_texts())


@bp.get("/confidentialite")
@allow(anyone)
def privacy() -> ResponseReturnValue:
    cookie = cookie_name(current_app)
    return render_template("pages/privacy.html", texts=texts.all_texts(), session_cookie=cookie)


@bp.get("/accessibilite")
@allow(anyone)
def accessibility() -> ResponseReturnValue:
    return render_template(
        "pages/accessibility.html",
        texts=texts.all_texts(),
        check=statement.last_check(),
        site=external_url("pages.home"),
    )


@bp.get("/securite")
@allow(anyone)
def security() -> ResponseReturnValue:
    return render_template("pages/security.html", texts=texts.all_texts())


@bp.post("/langue")
@allow(anyone)
def set_language() -> ResponseReturnValue:
    """Keep the choice in a cookie, and in the account for its mails; back to where the visitor was.

    Public pages carry no token, so that one page serves all: a visitor's choice stands by the
    check of the request's origin; what is written to an account needs its token.
    """
    answer = redirect(local_path(request.form.get("next")) or url_for("pages.home"), 303)
    chosen = request.form.get("language", "")
    may_write = not current_user.is_authenticated or EmptyForm().validate_on_submit()
    if not may_write or chosen not in i18n.LANGUAGES:
        flash(_("La langue n’a pas pu être changée : recommencez."), "warning")
        return answer
    if current_user.is_authenticated:
        me = current_user.id
        with transaction():
            account_services.set_language(account_queries.get_user(me), chosen, by=me, at=clock.now())
    i18n.remember(answer, chosen)
    return answer


@bp.get("/health")
@allow(anyone)
def health() -> ResponseReturnValue:
    """For probes: no personal data, nothing about the machine."""
    found = queries.health(clock.real_now())
    answer = {
        "web": "ok",
        "database": "ok" if found.database_answers else "unavailable",
        "worker": found.worker_seconds,
    }
    return jsonify(answer), 200 if found.is_good else 503, {"Cache-Control": "no-store"}


@bp.get("/robots.txt")
@allow(anyone)
def robots() -> ResponseReturnValue:
    return render_template("pages/robots.txt"), {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/sitemap.xml")
@allow(anyone)
def sitemap() -> ResponseReturnValue:
    """Every public page, for search engines (sitemaps.org)."""
    pages = [(external_url(f"pages.{name}"), None) for name in IN_SITEMAP]
    pages += [(external_url("campaigns.catalogue"), None), (external_url("network.who_helps"), None)]
    codes = [d.code for d in departements()] + [code for code, _name in catalogue.epcis()]
    pages += [(external_url("pages.territory", code=code), None) for code in codes]
    pages += [(external_url("pages.theme", code=theme.value), None) for theme in Theme]
    dated = [(external_url("campaigns.show", slug=slug), at) for slug, at in campaign_queries.for_sitemap()]
    answer = render_template("pages/sitemap.xml", pages=[*pages, *dated])
    return answer, {"Content-Type": "application/xml; charset=utf-8"}


@bp.get("/favicon.ico")
@allow(anyone)
def favicon() -> ResponseReturnValue:
    """What browsers ask for without being told; the real one is the picture of the build."""
    return redirect(current_app.extensions["assets"].asset("favicon.svg"), 302)


@bp.get("/.well-known/security.txt")
@allow(anyone)
def security_contact() -> ResponseReturnValue:
    """RFC 9116; exists when the operator has given an address."""
    contact = texts.all_texts()["contact_email"]
    if not contact:
        raise NotFound
    answer = render_template(
        "pages/security.txt",
        contact=contact,
        expires=clock.real_now().replace(microsecond=0) + timedelta(days=365),
        canonical=external_url("pages.security_contact"),
    )
    return answer, {"Content-Type": "text/plain; charset=utf-8"}
