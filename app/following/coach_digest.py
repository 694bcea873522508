"""What waits for a coach, in numbers and references: never a name or a word of a record. The caller commits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import User
from app.coaching.day_queries import Line, agenda
from app.core.access import Viewer
from app.core.clock import PARIS
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import OutboxMail, post_mail
from app.following import keys, queries, rules, services
from app.network.queries import rights_of

OPENED_BY_REFERENCE = ("appointment", "promise", "unfinished", "message", "proposal", "news")
MOST_LINKS = 8


def send(user_id: int, *, at: datetime) -> bool:
    """The summary of the day or of the week, as this address wants it. False: not now, sent already, or nothing."""
    user, paris = db.session.get_one(User, user_id), at.astimezone(PARIS)
    reader = queries.find_reader(user.email)
    choice = reader.coach_digest if reader else rules.USUAL_COACH_DIGEST
    occasion = f"coach-digest:{user_id}:{rules.coach_occasion(choice, paris)}"
    sent = select(OutboxMail.id).where(OutboxMail.occasion == occasion)
    if not rules.is_coach_digest_time(choice, paris) or db.session.scalar(sent) is not None:
        return False
    who = Viewer(user.id, user.name, user.email, rights_of(user.id))
    lines = agenda(who, today=paris.date())
    counts = Counter(line.what for line in lines)
    with force_locale(user.locale):
        words = _in_words(counts)
        if not words:
            return False
        reader = reader or services.reader_for(user.email, locale=user.locale, at=at)
        post_mail(
            "message", to=user.email, subject=_("Ce qui vous attend dans vos accompagnements"), occasion=occasion,
            at=at, locale=user.locale, title=_("Ce qui vous attend"), paragraphs=words,
            links=_links(lines),
            action_label=_("Ouvrir ma page du matin"), action_url=external_url("coaching.morning"),
            reason=_("Vous recevez ce résumé parce que vous accompagnez des projets. Pour le recevoir chaque jour, ou "
                     "plus du tout : « Mes courriels », dans votre compte."),
            stop_url=f"{keys.preferences_link(reader.public_id)}?sorte=accompagnement",
        )  # fmt: skip
    return True


def _links(lines: list[Line]) -> list[tuple[str, str]]:
    """(reference, address) of the records to open, each once, in the order of the day."""
    named = dict.fromkeys(line.reference for line in lines if line.what in OPENED_BY_REFERENCE)
    return [(reference, external_url("coaching.show", reference=reference)) for reference in list(named)[:MOST_LINKS]]


def _in_words(counts: Counter[str]) -> list[str]:
    """One sentence a kind, only for what there is."""
    n = counts
    said = [
        (n["appointment"], ngettext("%(num)s rendez-vous aujourd’hui.", "%(num)s rendez-vous aujourd’hui.",
                                    n["appointment"])),
        (n["message"], ngettext("%(num)s échange a un nouveau message.", "%(num)s échanges ont un nouveau message.",
                                n["message"])),
        (n["opinion"], ngettext("%(num)s avis vous est demandé.", "%(num)s avis vous sont demandés.", n["opinion"])),
        (n["received"], ngettext("%(num)s personne vous est orientée.", "%(num)s personnes vous sont orientées.",
                                 n["received"])),
        (n["handover"], ngettext("%(num)s dossier vous est confié.", "%(num)s dossiers vous sont confiés.",
                                 n["handover"])),
        (n["proposal"], ngettext("%(num)s dossier attend une réponse de vous.",
                                 "%(num)s dossiers attendent une réponse de vous.", n["proposal"])),
        (n["promise"], ngettext("%(num)s promesse à tenir cette semaine.", "%(num)s promesses à tenir cette semaine.",
                                n["promise"])),
        (n["unfinished"], ngettext("%(num)s rencontre à compléter.", "%(num)s rencontres à compléter.",
                                   n["unfinished"])),
        (n["news"], ngettext("%(num)s projet dont prendre des nouvelles.",
                             "%(num)s projets dont prendre des nouvelles.", n["news"])),
    ]  # fmt: skip
    return [words for count, words in said if count]
