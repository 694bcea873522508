"""The desk itself: all lists at a glance, each list by itself, tasks closed with words, calls looked at again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.step_up import require_second_factor
from app.core import clock
from app.core.access import LARGEST_NUMBER, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import EmptyForm
from app.payments import tasks
from app.payments.errors import WrongEnvironment
from app.payments.models import MoneyTask, StripeOperation
from app.payments.runner import run_now
from app.settlement import reversal_services as reversals
from app.settlement.models import Reversal
from app.treasury import desk_queries, policy, queries, words
from app.treasury.checklist import waits_for
from app.treasury.forms import CloseTaskForm
from app.treasury.health import health
from app.treasury.places import places

bp = Blueprint("treasury", __name__, url_prefix="/tresorerie")


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.context_processor
def give_words() -> dict[str, object]:
    return {"words": words, "waits_for": waits_for}


def after() -> int:
    """The id after which the asked page begins; anything else than a number: from the start."""
    typed = request.args.get("apres", "")
    return min(int(typed), LARGEST_NUMBER) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0


def act(form_is_good: bool, verb: Callable[[], object], said: str) -> None:
    """One verb in one transaction; how it went is told on the page that follows. Errors: NotFound."""
    if not form_is_good:
        flash(_("Cette page est restée ouverte trop longtemps. Recommencez."), "error")
        return
    try:
        with transaction():
            verb()
    except NotFound:
        raise
    except DomainError as refusal:
        flash(str(refusal), "warning")
    else:
        flash(said, "success")


@bp.get("")
@allow(policy.works_here)
def desk() -> ResponseReturnValue:
    """Everything that waits, and how the machines are."""
    at = clock.now()
    return render_template(
        "treasury/desk.html", pages=desk_queries.desk(at), health=health(at=at, real=clock.real_now()), at=at
    )


def known_list(name: str) -> str:
    """Errors: NotFound."""
    if name not in desk_queries.LISTS:
        raise NotFound
    return name


@bp.get("/listes/<name>")
@allow(policy.works_here, subject=known_list)
def show_list(name: str) -> ResponseReturnValue:
    found = desk_queries.page(name, after=after(), at=clock.now())
    return render_template("treasury/list.html", page=found, begins=after() == 0)


@bp.get("/taches/<int:task_id>")
@allow(policy.works_here, subject=queries.get_task)
def task(found: MoneyTask) -> ResponseReturnValue:
    return _task_page(found, CloseTaskForm(), 200)


@bp.post("/taches/<int:task_id>")
@allow(policy.works_here, subject=queries.get_task)
def close_task(found: MoneyTask) -> ResponseReturnValue:
    form, task_id, by = CloseTaskForm(), found.id, viewer().user_id
    if not form.validate_on_submit():
        return _task_page(found, form, 422)
    act(
        True,
        lambda: tasks.close_task(queries.get_task(task_id), words=form.words.data or "", by=by, at=clock.now()),
        _("La tâche est fermée."),
    )
    return redirect(url_for("treasury.desk"), 303)


def _task_page(found: MoneyTask, form: CloseTaskForm, status: int) -> ResponseReturnValue:
    place = places([(found.subject_kind, found.subject_id)]).get((found.subject_kind, found.subject_id))
    return render_template("treasury/task.html", task=found, form=form, place=place), status


@bp.post("/appels/<int:operation_id>")
@allow(policy.works_here, subject=queries.get_operation)
@require_second_factor()
def look_again(operation: StripeOperation) -> ResponseReturnValue:
    """Whatever may have moved money is looked up at Stripe first: nothing is sent a second time on a guess."""
    operation_id = operation.id
    if EmptyForm().validate_on_submit():
        try:
            outcome = run_now(operation_id)
        except WrongEnvironment:
            outcome = None
        if outcome is None:
            flash(_("Stripe n’a pas répondu, ou quelqu’un regarde déjà. Le travail de fond continue."), "warning")
        else:
            flash(_("Stripe a répondu : la suite est faite."), "success")
    return redirect(url_for("treasury.show_list", name="appels"), 303)


@bp.post("/dettes/<reference>")
@allow(policy.works_here, subject=queries.get_debt)
@require_second_factor()
def ask_debt_again(debt: Reversal) -> ResponseReturnValue:
    """Take back what the holder's account could not give; the order before moved nothing."""
    by, reference = viewer().user_id, debt.reference
    act(
        EmptyForm().validate_on_submit(),
        lambda: reversals.try_again(queries.get_debt(reference), by=by, at=clock.now()),
        _("La reprise est redemandée."),
    )
    return redirect(url_for("treasury.show_list", name="dettes"), 303)
