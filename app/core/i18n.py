"""French first, English second: the visitor's language, and the filters that speak it."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.support import NullTranslations
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, ngettext
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from app.core import clock
from app.core.money import format_euros
from app.core.text import french_spaces

LANGUAGES = ("fr", "en")
COOKIE = "langue"


def language() -> str:
    """The language of this request: the one chosen, else the one the browser prefers, else French (jobs too)."""
    if not has_request_context():
        return "fr"
    g.answer_has_a_language = True
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for said, quality in request.accept_languages:  # the best first; « en-US » is English, « * » is as we like
        spoken = said.partition("-")[0].lower()
        if quality and spoken in (*LANGUAGES, "*"):
            return spoken if spoken in LANGUAGES else "fr"
    return "fr"


_spaced = lru_cache(maxsize=4096)(french_spaces)


class FrenchSource(NullTranslations):
    """French is written in the code: nothing to look up, but its spaces and its plural (from two on) are set."""

    def ugettext(self, message: str) -> str:
        return _spaced(message)

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        return self.ugettext(singular if abs(number) < 2 else plural)


class Catalogues(Domain):
    """The English catalogue, and French as it is written."""

    french = FrenchSource()

    def get_translations(self) -> NullTranslations:
        return self.french if current() == "fr" else super().get_translations()


class TwoLanguages(Babel):
    domain_instance = Catalogues()


def remember(response: BaseResponse, locale: str) -> None:
    """Keep the visitor's choice in a cookie for a year; an unknown language changes nothing."""
    if locale in LANGUAGES:
        response.set_cookie(
            COOKIE, locale, max_age=365 * 86400, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip


def current() -> str:
    locale = get_locale()
    return locale.language if locale is not None else "fr"


@lru_cache(maxsize=4096)
def _day(day: date, locale: str, pattern: str) -> str:
    return str(format_date(day, pattern, locale=locale))


def date_long(at: datetime | date | None) -> str:
    """« 3 mars 2027 », « 1er mars 2027 », the Paris day of an instant."""
    if at is None:
        return ""
    day = at.astimezone(clock.PARIS).date() if isinstance(at, datetime) else at
    if current() != "fr":
        return _day(day, "en", "d MMMM y")  # as in Britain; the bare "en" would put the month first
    words = _day(day, "fr", "long")
    words = words.replace(" ", "\u00a0", 1)
    return words.replace("1\u00a0", "1er\u00a0", 1) if day.day == 1 else words


def date_short(at: datetime | date | None) -> str:
    """« 03/03/2027 »."""
    if at is None:
        return ""
    day = at.astimezone(clock.PARIS).date() if isinstance(at, datetime) else at
    return _day(day, current(), "dd/MM/yyyy")


def month_long(day: date | None) -> str:
    """« mars 2027 », of a day of that month."""
    return "" if day is None else _day(day, current(), "LLLL y")


def datetime_long(at: datetime | None) -> str:
    """« 3 mars 2027 à 23 h 59 », Paris time."""
    if at is None:
        return ""
    local = at.astimezone(clock.PARIS)
    if current() == "fr":
        return f"{date_long(at)} à {local:%H}\u00a0h\u00a0{local:%M}"
    return str(format_datetime(local, "d MMMM y 'at' HH:mm", locale="en"))


def weekday_date(at: datetime | date | None) -> str:
    """« mercredi 3 mars », the Paris day of an instant; without the year: for days that are near."""
    if at is None:
        return ""
    day = at.astimezone(clock.PARIS).date() if isinstance(at, datetime) else at
    if current() != "fr":
        return _day(day, "en", "EEEE d MMMM")
    words = _day(day, "fr", "EEEE d MMMM")
    return words.replace(" 1 ", " 1er ", 1) if day.day == 1 else words


def time_short(at: datetime | None) -> str:
    """« 9 h 30 », Paris time."""
    if at is None:
        return ""
    local = at.astimezone(clock.PARIS)
    return f"{local.hour}\u00a0h\u00a0{local:%M}" if current() == "fr" else f"{local:%H:%M}"


def days_left(closes_at: datetime | None) -> str:
    """« il reste 12 jours », « dernier jour », « terminée »."""
    if closes_at is None:
        return ""
    now = clock.now()
    if closes_at <= now:
        return str(ngettext("terminée", "terminée", 1))
    days = (closes_at.astimezone(clock.PARIS).date() - now.astimezone(clock.PARIS).date()).days
    if days == 0:
        return str(ngettext("dernier jour", "dernier jour", 1))
    return str(ngettext("il reste %(num)d jour", "il reste %(num)d jours", days))


def euros(cents: int | None) -> str:
    return "" if cents is None else format_euros(int(cents), current())


def euros_exact(cents: int | None) -> str:
    """Two decimals always: for columns, so that cents stand under cents."""
    return "" if cents is None else format_euros(int(cents), current(), exact=True)


def iso(at: datetime | date) -> str:
    """For the machine-readable half of a <time>: HTML knows no microseconds."""
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


def number(count: int) -> str:
    """« 1 234 », with the separator of the reader's language."""
    return str(format_decimal(count, locale=current()))


def rate(bps: int | str) -> str:
    """Basis points as people write them: 450 → « 4,5 % »."""
    number = f"{int(bps) / 100:.2f}".rstrip("0").rstrip(".")
    return f"{number.replace('.', ',')}\u00a0%" if current() == "fr" else f"{number}%"


def typed_lang() -> Markup:
    """The attribute of an element that holds words people typed: French, whatever the language of the page."""
    return Markup("") if current() == "fr" else Markup(' lang="fr"')


def typed(words: str) -> Markup:
    """Words people typed, to be put into a sentence of the page."""
    return escape(words) if current() == "fr" else Markup('<span lang="fr">{}</span>').format(words)


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Paris")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(app.config["ROOT"] / "translations"))
    TwoLanguages(app, locale_selector=language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(get_locale=get_locale, typed_lang=typed_lang)
    for name, function in {
        "euros": euros, "euros_exact": euros_exact, "date_long": date_long, "date_short": date_short,
        "datetime_long": datetime_long, "month_long": month_long, "days_left": days_left, "rate": rate,
        "weekday_date": weekday_date, "time_short": time_short, "typed": typed, "number": number, "iso": iso,
    }.items():  # fmt: skip
        app.jinja_env.filters[name] = function

    @app.after_request
    def tell_caches(answer: Response) -> Response:
        """The same address is answered in two languages: by the cookie of the choice, or by what the browser says."""
        if g.get("answer_has_a_language"):
            answer.vary.update(("Cookie", "Accept-Language"))
        return answer
