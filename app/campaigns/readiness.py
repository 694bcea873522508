"""What a campaign still needs before it is sent: what, why, and at which step. Reads only the row it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.campaigns import identity_rules
from app.campaigns.identity_words import MISSING
from app.campaigns.models import Campaign
from app.campaigns.rules import MAX_DAYS, MIN_DAYS, BudgetSide, FundingKind, RewardNature, budget_gap_cents
from app.core.money import format_euros
from app.core.rich import has_silent_picture

STORY_MIN = 300  # characters
SENTENCE_MIN = 20
ACCOUNT_OPENED = frozenset({"pending", "active"})


@dataclass(frozen=True)
class Line:
    """One line of the list. `step` is the code of the form's step that mends it."""

    code: str
    label: object
    why: object
    step: str
    is_blocking: bool
    is_done: bool


Missing = Line


def lines(campaign: Campaign, account_status: str) -> list[Line]:
    """The whole list, done or not. `account_status`: none, new, pending, active or restricted."""
    return [
        *_page_lines(campaign),
        *_holder_lines(campaign),
        *_value_lines(campaign),
        *_money_lines(campaign),
        *_calendar_lines(campaign, account_status),
    ]


def missing(campaign: Campaign, account_status: str) -> list[Missing]:
    """What is not done, blocking or only advised."""
    return [line for line in lines(campaign, account_status) if not line.is_done]


def blocking(campaign: Campaign, account_status: str) -> list[Missing]:
    """What forbids to send it."""
    return [line for line in missing(campaign, account_status) if line.is_blocking]


def _page_lines(c: Campaign) -> Iterator[Line]:
    yield Line(
        "title", _l("Un titre et une phrase"),
        _l("C’est tout ce qu’on lit sur les listes et dans les messages partagés."),
        "projet", True, bool(c.title and c.tagline),
    )  # fmt: skip
    yield Line(
        "commune", _l("La commune du projet"),
        _l("Elle dit qui relit votre campagne. Elle est dans l’un des huit départements de la région."),
        "projet", True, c.commune_code is not None and c.departement_code is not None,
    )  # fmt: skip
    yield Line(
        "theme", _l("Un thème"), _l("Il permet aux personnes intéressées de vous trouver."),
        "projet", True, bool(c.theme),
    )  # fmt: skip
    yield Line(
        "story", _l("Votre histoire"),
        _l("Pour qui, avec qui, ce que l’argent permet : %(n)s caractères au moins.", n=STORY_MIN),
        "histoire", True, len(c.story_markdown.strip()) >= STORY_MIN,
    )  # fmt: skip
    yield Line(
        "story_pictures", _l("Une description pour chaque image du texte"),
        _l("Elle se met entre les crochets : ![ce qu’elle montre](image:…)."),
        "histoire", True, not has_silent_picture(c.story_markdown),
    )  # fmt: skip
    yield Line(
        "if_missed", _l("Ce qui se passe si l’objectif n’est pas atteint"),
        _l("Les personnes qui donnent ont besoin de le savoir avant : %(n)s caractères au moins.", n=SENTENCE_MIN),
        "histoire", True, len(c.if_missed.strip()) >= SENTENCE_MIN,
    )  # fmt: skip
    yield Line(
        "picture", _l("Une photographie et sa description"),
        _l("La photographie donne envie ; la description la dit à qui ne la voit pas."),
        "image", True, c.picture is not None and bool(c.picture.renditions) and bool(c.picture.alternative.strip()),
    )  # fmt: skip


def _holder_lines(c: Campaign) -> Iterator[Line]:
    """Name, form, number and representative of the other side of the contract: whoever gives may read them first."""
    lacking = identity_rules.missing(c.identity)
    yield Line(
        "identity", _l("Qui porte la campagne, légalement"),
        _l(
            "Qui donne de l’argent a le droit de savoir à qui. Il manque : %(what)s.",
            what=LazyString(lambda: ", ".join(str(MISSING[name]) for name in lacking)),
        ),
        "projet", True, not lacking,
    )  # fmt: skip


def _value_lines(c: Campaign) -> Iterator[Line]:
    argued = [value for value in c.values if len(value.argument.strip()) >= SENTENCE_MIN]
    yield Line(
        "values", _l("Au moins une valeur ajoutée, argumentée en une phrase"),
        _l(
            "Sociale, sociétale ou environnementale : c’est ce qui fait la place de votre projet ici. "
            "%(n)s caractères au moins pour chacune.",
            n=SENTENCE_MIN,
        ),
        "valeur-ajoutee", True, bool(argued) and len(argued) == len(c.values),
    )  # fmt: skip


def _money_lines(c: Campaign) -> Iterator[Line]:
    is_flexible = c.kind == FundingKind.FLEXIBLE
    yield Line(
        "goal", _l("Un objectif"),
        _l("La somme que vous visez.") if is_flexible else _l("La somme sans laquelle le projet ne se fait pas."),
        "budget", True, c.goal_cents is not None,
    )  # fmt: skip
    uses = sum(line.amount_cents for line in c.budget_lines if line.side == BudgetSide.USE)
    others = sum(line.amount_cents for line in c.budget_lines if line.side == BudgetSide.RESOURCE)
    whole = bool(uses) and all(line.label and line.amount_cents for line in c.budget_lines)
    gap = budget_gap_cents(c.goal_cents or 0, uses, others)
    yield Line(
        "budget", _l("Un budget équilibré, ligne par ligne"), _gap_words(gap, whole),
        "budget", True, whole and gap == 0,
    )  # fmt: skip
    yield Line(
        "rewards", _l("Des contreparties"), _l("Elles ne sont pas obligatoires ; un simple merci fait déjà plaisir."),
        "contreparties", False, bool(c.rewards),
    )  # fmt: skip
    sold = [reward for reward in c.rewards if reward.nature == RewardNature.PRE_SALE]
    if sold:
        yield Line(
            "postage", _l("L’envoi de chaque prévente"),
            _l("Qui achète doit savoir avant de payer si l’envoi est compris, combien il coûte sinon, et jusqu’où."),
            "contreparties", True, all(reward.postage for reward in sold),
        )  # fmt: skip


def _gap_words(gap_cents: int, whole: bool) -> object:
    if not whole:
        return _l("Chaque ligne a un nom et un montant, et il y a au moins une dépense.")
    if gap_cents > 0:
        return _l("Il manque %(gap)s de ressources pour couvrir les dépenses.", gap=format_euros(gap_cents))
    return _l("Les ressources dépassent les dépenses de %(gap)s.", gap=format_euros(-gap_cents))


def _calendar_lines(c: Campaign, account_status: str) -> Iterator[Line]:
    most = MAX_DAYS[FundingKind(c.kind)]
    yield Line(
        "duration", _l("La durée de la campagne"),
        _l("De %(least)s à %(most)s jours ; deux mois suffisent presque toujours.", least=MIN_DAYS, most=most),
        "calendrier", True, c.duration_days is not None and c.duration_days <= most,
    )  # fmt: skip
    restricted = account_status == "restricted"
    yield Line(
        "account", _l("Le compte de paiement ouvert"),
        _l("Notre prestataire de paiement attend encore des renseignements de votre part.") if restricted
        else _l("L’argent va directement sur votre compte : il doit être ouvert avant la relecture."),
        "calendrier", True, account_status in ACCOUNT_OPENED,
    )  # fmt: skip
