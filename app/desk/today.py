"""Today's list in words, each with the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.todo_rules import Facts, todo

NEEDS = {
    "answer": "write", "write_news": "write", "tell_what_follows": "write", "reached": "write", "thank": "thank",
    "deliver": "thank", "close_out": "manage",
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    code: str
    label: str
    why: str
    url: str


def tasks(facts: Facts, slug: str, allowed: frozenset[str]) -> list[Task]:
    """`allowed`: what this member may do (write, thank, manage)."""
    found = [code for code in todo(facts) if NEEDS.get(code, "") in allowed | {""}]
    return [Task(code, *_words(code, facts), _url(code, slug)) for code in found]


def _url(code: str, slug: str) -> str:
    endpoint = {
        "answer": "threads.questions", "write_news": "threads.write_news", "tell_what_follows": "threads.write_news",
        "reached": "threads.write_news", "thank": "desk.people", "deliver": "desk.deliveries",
        "close_out": "campaigns.close_out", "ask_coach": "network.who_helps",
    }.get(code, "campaigns.show")  # fmt: skip
    if endpoint == "network.who_helps":
        return url_for(endpoint)
    return url_for(endpoint, slug=slug, merci="non" if code == "thank" else None)


def _words(code: str, f: Facts) -> tuple[str, str]:
    """(what to do, why)."""
    if code == "answer":
        return (
            ngettext("Répondre à une question", "Répondre à %(num)s questions", f.waiting_questions),
            _("Une réponse dans la journée rassure, et se lit par tout le monde."),
        )
    if code == "thank":
        return (
            ngettext("Remercier une personne", "Remercier %(num)s personnes", f.unthanked),
            _("Un mot à votre façon suffit."),
        )
    if code == "deliver":
        return (
            ngettext("Préparer une contrepartie", "Préparer %(num)s contreparties", f.to_deliver),
            _("Notez ici ce qui est envoyé et reçu : personne n’est oublié."),
        )
    return _PLAIN[code]()


_PLAIN = {
    "close_circle": lambda: (
        _("Écrire une par une aux personnes qui vous connaissent"),
        _("Les premiers jours viennent d’elles. Un message à chacune vaut mieux qu’un message à toutes."),
    ),
    "second_circle": lambda: (
        _("Demander à trois personnes d’en parler autour d’elles"),
        _("Les amis des amis viennent dans la première semaine."),
    ),
    "last_week": lambda: (
        _("Prévenir celles et ceux qui hésitent : c’est la dernière semaine"),
        _("La date de fin aide à se décider. Dites-la, sans presser."),
    ),
    "last_hours": lambda: (
        _("Rappeler la date de fin à vos proches"),
        _("Il reste deux jours au plus : un mot, et le lien de la page."),
    ),
    "last_day": lambda: (
        _("Dire que c’est le dernier jour"),
        _("La collecte se termine ce soir à 23 h 59. Remerciez déjà tout le monde."),
    ),
    "reached": lambda: (
        _("Annoncer que l’objectif est atteint"),
        _("Dites ce que permettra chaque euro de plus."),
    ),
    "half_way": lambda: (
        _("Dire que la moitié est là"),
        _("Un bon moment pour raconter ce qui avance et qui vous aide."),
    ),
    "ask_coach": lambda: (
        _("Appeler la structure qui vous accompagne"),
        _("Le départ est lent : à deux, on trouve souvent qui n’a pas encore été prévenu."),
    ),
    "write_news": lambda: (
        _("Écrire une nouvelle"),
        _("La dernière a plus d’une semaine. Trois phrases et une photographie suffisent."),
    ),
    "tell_what_follows": lambda: (
        _("Dire où en est le projet"),
        _("Les personnes qui ont contribué attendent la suite."),
    ),
    "close_out": lambda: (
        _("Raconter ce qui s’est passé"),
        _("Quelques lignes pour finir : elles paraissent sur la page."),
    ),
}
