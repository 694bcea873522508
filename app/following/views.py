"""The doors of a reader: follow, say yes, stop, choose one's mails."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock, limits
from app.core.access import allow, anyone, signed_in, viewer
from app.core.database import transaction
from app.core.forms import EmptyForm
from app.core.i18n import current as language
from app.following import keys, queries, rules, services
from app.following.forms import FollowForm, PreferencesForm
from app.following.models import Reader

bp = Blueprint("following", __name__)


@bp.after_request
def keep_private(response: Response) -> Response:
    """These pages name an address: no cache keeps them."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.route("/campagnes/<slug>/suivre", methods=["GET", "POST"])
@allow(anyone, subject=campaign_queries.get_public)
def follow(campaign: Campaign) -> ResponseReturnValue:
    """The answer is the same whether the address was known or not."""
    form, who, is_sent = FollowForm(), viewer(), False
    if request.method == "GET":
        form.email.data = who.email
    elif form.validate():
        email, campaign_id, slug = str(form.email.data).strip().lower(), campaign.id, campaign.slug
        is_proved = who.is_signed_in and email == who.email.lower()
        if not is_proved:
            limits.take("follow_network", limits.network())
            limits.take("mail_link_address", email)
        with transaction():
            services.follow(
                campaign_queries.get(campaign_id), email=email, is_proved=is_proved, locale=language(), at=clock.now()
            )
        if is_proved:
            flash(_("Vous suivez cette campagne : un rappel vous attend 48 heures avant la fin."), "success")
            return redirect(url_for("campaigns.show", slug=slug), 303)
        campaign, is_sent = campaign_queries.get_public(slug), True
    page = render_template("following/follow.html", campaign=campaign, form=form, is_sent=is_sent)
    return page, 422 if form.errors else 200


@bp.route("/suivre/<key>", methods=["GET", "POST"])
@allow(anyone)
def confirm(key: str) -> ResponseReturnValue:
    """GET shows the button (mail filters follow links), POST says yes."""
    found = queries.find_follow(*keys.read_confirm(key))
    if found is None:
        return render_template("following/gone.html"), 410
    if EmptyForm().validate_on_submit():
        slug, about = found.campaign.slug, keys.read_confirm(key)
        with transaction():
            asked = queries.find_follow(*about)
            if asked is not None:
                services.confirm(asked, at=clock.now())
        flash(_("C’est noté : vous suivez cette campagne."), "success")
        return redirect(url_for("campaigns.show", slug=slug), 303)
    return render_template("following/confirm.html", follow=found)


@bp.route("/ne-plus-suivre/<key>", methods=["GET", "POST"])
@allow(anyone)
def unfollow(key: str) -> ResponseReturnValue:
    """A second click finds it done. A mail program's one click carries the signed key, no token."""
    about = keys.read_leave(key)
    if _is_one_click() or EmptyForm().validate_on_submit():
        with transaction():
            found = queries.find_follow(*about)
            if found is not None:
                services.unfollow(found, at=clock.now())
    campaign = campaign_queries.get(about[1])
    return render_template("following/unfollow.html", follow=queries.find_follow(*about), campaign=campaign)


@bp.route("/mes-courriels", methods=["GET", "POST"])
@allow(signed_in)
def preferences() -> ResponseReturnValue:
    """For a person with an account; a first look writes nothing."""
    who = viewer()

    def own() -> Reader:
        return services.reader_for(who.email, locale=language(), at=clock.now())

    return _preferences(queries.find_reader(who.email), own, url_for("following.preferences"))


@bp.route("/mes-courriels/<key>", methods=["GET", "POST"])
@allow(anyone)
def preferences_by_link(key: str) -> ResponseReturnValue:
    """For whoever has a mail of ours; no account is needed."""

    def own() -> Reader:
        return queries.get_reader(keys.read_reader(key))

    if _is_one_click():  # of a weekly summary
        with transaction():
            reader = own()
            is_coaching = request.args.get("sorte") == "accompagnement"
            services.choose(
                reader, reminders=reader.wants_reminders, digest=reader.wants_digest and is_coaching,
                news=reader.wants_news, coach_digest="never" if is_coaching else "", at=clock.now(),
            )  # fmt: skip
        return "", 204
    return _preferences(own(), own, url_for("following.preferences_by_link", key=key))


def _is_one_click() -> bool:
    """RFC 8058: the button of a mail program."""
    return request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click"


def _preferences(known: Reader | None, own: Callable[[], Reader], here: str) -> ResponseReturnValue:
    wanted = (known.wants_reminders, known.wants_digest, known.wants_news) if known else (True, True, True)
    form = PreferencesForm(**dict(zip(("reminders", "digest", "news"), wanted, strict=True)))
    if not queries.is_coach(known.email if known else viewer().email):
        del form.coach_digest
    elif request.method == "GET":
        form.coach_digest.data = known.coach_digest if known else rules.USUAL_COACH_DIGEST
    if form.validate_on_submit():
        chosen = {"reminders": form.reminders.data, "digest": form.digest.data, "news": form.news.data}
        often = form.coach_digest.data if form.coach_digest is not None else ""
        with transaction():
            services.choose(own(), **chosen, coach_digest=often, at=clock.now())
        flash(_("Vos choix sont enregistrés."), "success")
        return redirect(here, 303)
    followed = queries.followed_by(known.id) if known else []
    leave = {one.id: keys.leave_key(known.public_id, one.campaign_id) for one in followed} if known else {}
    return render_template("following/preferences.html", form=form, followed=followed, leave=leave, known=known)
