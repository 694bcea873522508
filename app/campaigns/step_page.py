"""The frame around every step of the holder's form."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.campaigns import policy, queries, readiness, services, steps
from app.campaigns.forms import SubmitForm
from app.campaigns.models import Campaign
from app.campaigns.readiness import Line
from app.campaigns.steps import Step
from app.core.access import viewer
from app.core.links import external_url
from app.payments.forms import OpenAccountForm


def with_links(campaign: Campaign, lines: list[Line]) -> list[dict[str, object]]:
    """The lines of the readiness list with the address that mends each, as the page's macro wants them."""
    return [
        {
            "label": line.label, "why": line.why, "step": line.step, "is_done": line.is_done,
            "is_blocking": line.is_blocking,
            "url": url_for("campaigns.edit", slug=campaign.slug, step=line.step),
        }
        for line in lines
    ]  # fmt: skip


def step_page(campaign: Campaign, step: Step, form: Any, status: int = 200, **values: Any) -> ResponseReturnValue:
    """One step with the whole way around it; the last one also sends. `values`: what its template adds."""
    account = services.account_status(campaign)
    lines = readiness.lines(campaign, account)
    done = steps.progress(lines)
    items = [
        {
            "label": s.label,
            "url": url_for("campaigns.edit", slug=campaign.slug, step=s.code),
            "is_done": done[s.code],
        }
        for s in steps.STEPS
    ]
    return render_template(
        f"campaigns/steps/{step.code}.html",
        campaign=campaign,
        step=step,
        number=steps.number(step.code),
        items=items,
        form=form,
        ready=with_links(campaign, lines),
        preview_link=external_url("campaigns.shared_preview", key=queries.preview_key(campaign)),
        lines=lines,
        account=account,
        account_form=OpenAccountForm(formdata=None),
        is_holder=policy.is_holder(viewer(), campaign),
        **{"differences": (), "submit_form": SubmitForm(formdata=None), **values},
    ), status
