"""The team: who is in it, invitations, roles, leaving."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.campaigns import policy, queries, team_queries, team_services
from app.campaigns.blueprint import bp
from app.campaigns.errors import InvitedElsewhere
from app.campaigns.models import Campaign, CampaignInvitation, CampaignMember
from app.campaigns.rules import MemberRole
from app.campaigns.team_forms import InviteForm, RoleForm
from app.campaigns.words import ROLE_NOTES, ROLES
from app.core import clock, limits
from app.core.access import allow, signed_in, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm

TEAM = "/mes-campagnes/<slug>/equipe"


@bp.get(TEAM)
@allow(policy.may_manage, subject=queries.get_by_slug)
def team(campaign: Campaign) -> ResponseReturnValue:
    return _page(campaign, InviteForm(formdata=None))


def _page(campaign: Campaign, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "campaigns/team.html", campaign=campaign, form=form, members=team_queries.members_of(campaign.id),
        invitations=team_queries.invitations_of(campaign.id, clock.now()), roles=ROLES, notes=ROLE_NOTES,
        role_form=RoleForm(formdata=None),
    ), status  # fmt: skip


@bp.post(f"{TEAM}/inviter")
@allow(policy.may_manage, subject=queries.get_by_slug)
def invite(campaign: Campaign) -> ResponseReturnValue:
    form, slug, by = InviteForm(), campaign.slug, viewer().user_id or 0
    if not form.validate():
        return _page(campaign, form, 422)
    limits.check("invite_account", str(by))
    limits.hit("invite_account", str(by))
    try:
        with transaction():
            team_services.invite(
                queries.get(campaign.id), email=str(form.email.data), role=MemberRole(form.role.data), by=by,
                at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        form.email.errors = [str(refusal)]
        return _page(queries.get_by_slug(slug), form, refusal.status)
    flash(_("L’invitation part par courriel."), "success")
    return redirect(url_for("campaigns.team", slug=slug), 303)


@bp.post(f"{TEAM}/<int:member_id>/role")
@allow(policy.may_manage_member, subject=team_queries.get_member)
def change_role(member: CampaignMember) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate():
        raise NotAllowed
    role = MemberRole(form.role.data)
    return _act(member.campaign.slug, _("Le rôle est changé."), member, team_services.change_role, role)


@bp.post(f"{TEAM}/<int:member_id>/retirer")
@allow(policy.may_remove_member, subject=team_queries.get_member)
def remove_member(member: CampaignMember) -> ResponseReturnValue:
    """By those who manage, or by the member who leaves."""
    return _act(member.campaign.slug, _("Cette personne n’est plus dans l’équipe."), member, team_services.remove)


@bp.post(f"{TEAM}/invitations/<int:invitation_id>/reprendre")
@allow(policy.may_manage_invitation, subject=team_queries.get_invitation)
def end_invitation(invitation: CampaignInvitation) -> ResponseReturnValue:
    return _act(invitation.campaign.slug, _("L’invitation est retirée."), invitation, team_services.take_back)


def _act(slug: str, words: str, row: Any, verb: Any, *more: object) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    model, row_id, by = type(row), row.id, viewer().user_id or 0
    is_self = model is CampaignMember and row.user_id == by
    try:
        with transaction():
            verb(team_queries.fresh(model, row_id), *more, by=by, at=clock.now())
        flash(words, "success")
    except DomainError as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("campaigns.mine") if is_self else url_for("campaigns.team", slug=slug), 303)


@bp.route("/equipes/<key>", methods=["GET", "POST"])
@allow(signed_in)
def accept_invitation(key: str) -> ResponseReturnValue:
    """The link's page only shows a button; only the account with the invited address may press it."""
    invitation = team_queries.get_by_key(key)
    slug, invitation_id, at = invitation.campaign.slug, invitation.id, clock.now()
    if EmptyForm().validate_on_submit():
        try:
            with transaction():
                team_services.accept(
                    team_queries.fresh(CampaignInvitation, invitation_id),
                    account_queries.get_user(viewer().user_id), at=at,
                )  # fmt: skip
        except InvitedElsewhere as refusal:
            flash(str(refusal), "error")
            return redirect(url_for("campaigns.accept_invitation", key=key), 303)
        flash(_("Bienvenue dans l’équipe !"), "success")
        return redirect(url_for("campaigns.desk", slug=slug), 303)
    is_over = invitation.accepted_at is None and (invitation.ended_at is not None or at >= invitation.expires_at)
    return render_template(
        "campaigns/invitation.html", invitation=invitation, key=key, is_over=is_over, roles=ROLES, notes=ROLE_NOTES,
        is_mine=invitation.email == viewer().email,
    )  # fmt: skip
