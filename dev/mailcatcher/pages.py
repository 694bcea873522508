"""The three pages of the mail catcher, as text. Everything that comes from a mail is escaped."""

from __future__ import annotations

from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dev.mailcatcher.store import Caught, Content

PARIS = ZoneInfo("Europe/Paris")

FRAME = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root {{ color-scheme: light dark; --paper: light-dark(#fbf8f2, #161c18); --ink: light-dark(#1d2a24, #eae6dc);
  --line: light-dark(#d9d2c3, #39443d); --action: light-dark(#1f5b3a, #8fd0a8); --card: light-dark(#fff, #1f2822) }}
body {{ margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.5 system-ui, sans-serif }}
h1 {{ font-size: 1.5rem; margin: 0 0 .75rem }} a {{ color: var(--action) }}
.quiet {{ opacity: .75; font-size: .92rem }} form {{ display: inline }}
input, button {{ font: inherit; padding: .35rem .7rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); color: inherit }}
ul {{ list-style: none; padding: 0 }} .mails li {{ background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: .6rem .9rem; margin: .5rem 0; overflow-wrap: anywhere }}
pre {{ background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem;
  white-space: pre-wrap; overflow-wrap: anywhere }}
iframe {{ width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: 8px; background: #fff }}
</style></head><body>{body}</body></html>"""


def inbox(mails: list[Caught], to: str) -> str:
    rows = "".join(
        f'<li><a href="/messages/{mail.id}"><strong>{escape(mail.subject or "(sans objet)")}</strong></a>'
        f'<br><span class="quiet">à {escape(mail.to)} · {_when(mail)}</span></li>'
        for mail in mails
    )
    empty = (
        f"Aucun message pour « {escape(to)} »."
        if to
        else "Aucun message pour l’instant : ils arrivent ici dès que la plateforme écrit à quelqu’un."
    )
    return _frame(
        f"{len(mails)} messages",
        f"<h1>Messages envoyés par la plateforme</h1>"
        f'<p class="quiet">Rien ne sort de cet ordinateur : tous les courriels finissent ici.</p>'
        f'<form><label>Destinataire <input name="to" value="{escape(to)}"></label> <button>Filtrer</button></form> '
        f'<form method="post" action="/messages/delete"><button>Tout effacer</button></form>'
        + (f'<ul class="mails">{rows}</ul>' if rows else f"<p>{empty}</p>"),
    )


def mail(mail: Caught, content: Content) -> str:
    links = "".join(f'<li><a href="{escape(url)}" rel="noreferrer">{escape(url)}</a></li>' for url in content.links)
    html = f'<h2>HTML</h2><iframe title="Version HTML" src="/messages/{mail.id}/html"></iframe>'
    return _frame(
        mail.subject,
        f'<p><a href="/">Tous les messages</a> · <a href="/?to={quote(mail.to)}">Tous ceux de '
        f'{escape(mail.to)}</a> · <a href="/messages/{mail.id}/source">Source</a></p>'
        f"<h1>{escape(mail.subject or '(sans objet)')}</h1>"
        f'<p class="quiet">de {escape(mail.sender)} à {escape(mail.to)} · {_when(mail)}</p>'
        + (f"<h2>Liens</h2><ul>{links}</ul>" if links else "")
        + f"<h2>Texte</h2><pre>{escape(content.text or '(sans version texte)')}</pre>"
        + (html if content.html else ""),
    )


def bare_html(content: Content) -> str:
    """The HTML part as sent; its links open beside it, since the frame is sandboxed."""
    return f'<base target="_blank">{content.html}'


def not_found() -> str:
    return _frame("Introuvable", '<h1>Ce message n’existe pas, ou plus.</h1><p><a href="/">Retour</a></p>')


def _frame(title: str, body: str) -> str:
    return FRAME.format(title=escape(title), body=body)


def _when(mail: Caught) -> str:
    return mail.at.astimezone(PARIS).strftime("%d/%m/%Y %H:%M:%S")
