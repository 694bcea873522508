"""Twelve invented projects, with what their holders would write."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.campaigns.rules import FundingKind


@dataclass(frozen=True)
class DemoReward:
    """Amount in cents; stock None = as many as wanted."""

    title: str
    amount_cents: int
    description: str
    nature: str = "thanks"
    stock: int | None = None
    months: int = 3
    postage: str = ""
    postage_words: str = ""


@dataclass(frozen=True)
class DemoProject:
    """A campaign to make. `start` and `end` in days from today (negative: past); `fate` names its end state."""

    holder: str
    title: str
    tagline: str
    commune: str
    theme: str
    picture: str
    alternative: str
    story: str
    if_missed: str
    values: dict[str, str]
    goal_cents: int
    uses: tuple[tuple[str, int], ...]
    others: tuple[tuple[str, int], ...]
    rewards: tuple[DemoReward, ...]
    days: int
    fate: str
    start: int = 0
    pledges: int = 0
    reach_percent: int = 0
    organisation: str = ""
    coached: str = ""  # programme code of the record opened before, or ""
    mention: bool = True
    optimum_cents: int | None = None
    kind: FundingKind = FundingKind.ALL_OR_NOTHING
    cards: dict[int, str] = field(default_factory=dict)  # pledge number → special card


BAKERY = DemoProject(
    holder="porteuse",
    title="Rallumons le four banal du village",
    tagline="Une boulangerie partagée, tenue par ses habitants, dans l’ancien four communal.",
    commune="21373",
    theme="food",
    picture="bakery",
    alternative="Un four à pain en pierre au pied de collines vertes, sous un ciel clair.",
    story="""## Le pain, c’est aussi une rencontre

Le dernier dépôt de pain du canton a fermé en janvier. Nous sommes onze à vouloir rallumer le four, deux fois par
semaine, avec de la farine moulue à douze kilomètres. Le reste du temps, le fournil accueille l’école, les anciens et
toutes les personnes qui veulent apprendre.

## Ce que nous avons déjà fait

- la commune nous prête le bâtiment pour dix ans ;
- un artisan fumiste a vérifié la voûte : elle est saine ;
- trois fournées d’essai ont réuni quatre-vingts personnes.

## La suite

Dès la collecte terminée, nous commandons la sole et le pétrin. **Première fournée publique six semaines plus tard.**
""",
    if_missed="Nous garderons une fournée par mois avec le four tel qu’il est, le temps de trouver une subvention.",
    values={
        "social": "Le fournil est un lieu ouvert où se croisent les générations, sans obligation d’acheter.",
        "environmental": "La farine vient de douze kilomètres et le bois des haies de la commune.",
    },
    goal_cents=5_360_00,
    uses=(
        ("Sole et voûte du four", 3_200_00),
        ("Pétrin d’occasion", 2_400_00),
        ("Farine des trois premiers mois", 760_00),
    ),
    others=(("Commune", 1_000_00),),
    rewards=(
        DemoReward("Une miche de la première fournée", 15_00, "À retirer au fournil, le jour de l’inauguration."),
        DemoReward("Un après-midi au fournil", 40_00, "Pétrir, façonner et enfourner avec l’équipe.", "token", 20, 4),
        DemoReward(
            "Votre nom sur la plaque du four",
            120_00,
            "Une plaque en bois gravée, près de la porte.",
            "token",
            30,
            5,
        ),
    ),
    days=45,
    fate="live",
    start=-33,
    pledges=240,
    reach_percent=72,
    organisation="pes-21",
    coached="pulsactions",
    optimum_cents=7_000_00,
)

BIKES = DemoProject(
    holder="porteur.velos",
    title="Un atelier vélo qui vient jusqu’à vous",
    tagline="Une remorque-atelier pour réparer les vélos sur les places des villages.",
    commune="71270",
    theme="mobility",
    picture="bikes",
    alternative="Une remorque de réparation de vélos sur une place de village.",
    story="""## L’idée

Dans nos villages, un vélo crevé reste au garage. Nous voulons équiper une remorque d’outils et tourner sur **douze
communes**, un jour chacune, pour réparer avec les gens et non à leur place.

## Qui sommes-nous

Une association de neuf bénévoles, dont deux mécaniciens. Depuis deux ans, nous animons un atelier mensuel.

## Ce que paie votre contribution

La remorque, les outils, et les pièces du premier semestre. Les réparations restent à prix libre.
""",
    if_missed="Nous commencerons avec une camionnette prêtée et trois communes au lieu de douze.",
    values={
        "social": "Réparer ensemble, à prix libre, pour que chacun puisse se déplacer.",
        "environmental": "Un vélo réparé, c’est un vélo de moins à la déchetterie et des trajets sans carburant.",
    },
    goal_cents=4_200_00,
    uses=(("Remorque", 2_600_00), ("Outils", 1_400_00), ("Pièces du premier semestre", 900_00)),
    others=(("Association", 700_00),),
    rewards=(
        DemoReward("Un autocollant réfléchissant", 10_00, "Remis lors d’un passage de la remorque."),
        DemoReward("Une révision complète", 35_00, "Votre vélo contrôlé et réglé avec vous.", "token", 40, 3),
    ),
    kind=FundingKind.FLEXIBLE,
    days=40,
    fate="live",
    start=-6,
    pledges=31,
    reach_percent=24,
    organisation="active-71",
    coached="dla",
)

LIBRARY = DemoProject(
    holder="porteuse",
    title="Le bibliobus des hameaux",
    tagline="Mille livres et un goûter, chaque semaine, dans huit hameaux sans bibliothèque.",
    commune="89024",
    theme="culture",
    picture="library_bus",
    alternative="Un bus aménagé en bibliothèque à l’entrée d’un hameau.",
    story="""## Un livre à dix minutes à pied

Huit hameaux, quatre cents habitants, aucune bibliothèque à moins de vingt minutes de voiture. Nous avons un petit bus,
mille livres donnés et une équipe de douze lecteurs et lectrices.

## Ce qu’il manque

Des rayonnages qui tiennent sur la route, un auvent, et le carburant de la première année.

> « On y vient pour les livres, on y reste pour parler », nous a dit une voisine à la première tournée d’essai.
""",
    if_missed="Les tournées continueront une fois par mois, avec des caisses au lieu de rayonnages.",
    values={
        "social": "Un rendez-vous régulier pour des personnes souvent isolées.",
        "societal": "Un accès gratuit aux livres là où il n’y en a pas.",
    },
    goal_cents=3_000_00,
    optimum_cents=3_500_00,
    uses=(("Rayonnages", 1_700_00), ("Auvent", 800_00), ("Carburant d’une année", 1_100_00)),
    others=(("Fondation locale", 600_00),),
    rewards=(
        DemoReward(
            "Un marque-page imprimé à la main",
            12_00,
            "Envoyé par la poste.",
            postage="included",
            postage_words="en France",
        ),
        DemoReward(
            "Un livre choisi pour vous",
            30_00,
            "Par nos lecteurs et lectrices.",
            "token",
            50,
            2,
            postage="extra",
            postage_words="4 € en France, ou à retirer au bus",
        ),
    ),
    days=35,
    fate="live",
    start=-30,
    pledges=96,
    reach_percent=118,
    organisation="fdfr-89",
    coached="pulsactions",
)

MILL = DemoProject(
    holder="porteuse.moulin",
    title="Le moulin retrouve sa roue",
    tagline="Remettre en marche la roue d’un moulin pour moudre le blé du canton.",
    commune="21054",
    theme="rural",
    picture="mill",
    alternative="Un moulin à eau au bord d’une rivière bordée d’arbres.",
    story="""## Une roue arrêtée depuis cinquante ans

Le bief est intact, les meules sont là. Il manque la roue. Un charpentier l’a dessinée, quatre paysans ont promis leur
blé, et la commune assure le bâtiment.

## Où va l’argent

Le bois, la ferronnerie et la pose. Tout le reste est fait par l’association.

## Et après

Le moulin ouvrira deux samedis par mois, avec une visite guidée par les enfants de l’école.
""",
    if_missed="Nous poserons une roue plus petite l’année suivante, avec l’aide d’un chantier de jeunes.",
    values={"environmental": "De la farine moulue par l’eau, à moins de quinze kilomètres des champs."},
    goal_cents=6_000_00,
    uses=(("Bois et ferronnerie", 5_200_00), ("Pose", 1_800_00)),
    others=(("Mécène local", 1_000_00),),
    rewards=(
        DemoReward("Un kilo de la première mouture", 20_00, "À retirer au moulin.", "thanks", None, 6),
        DemoReward("La visite du bief", 50_00, "Deux heures avec l’équipe.", "token", 40, 6),
    ),
    kind=FundingKind.FLEXIBLE,
    days=30,
    fate="settled",
    start=-75,
    pledges=150,
    reach_percent=83,
    organisation="pes-21",
    coached="pulsactions",
)

REPAIR = DemoProject(
    holder="porteur",
    title="Un café-réparation sur la place",
    tagline="Réparer ses objets autour d’un café, chaque samedi.",
    commune="71076",
    theme="repair",
    picture="repair",
    alternative="Des établis et des outils sur une place de marché.",
    story="""## Réparer plutôt que jeter

Chaque samedi, douze bénévoles aident à réparer grille-pain, lampes, vêtements et petits meubles. En un an, **six cents
objets** sont repartis en état de marche.

## Pourquoi maintenant

Un local se libère sur la place. Il faut l’équiper : électricité, établis, coin café.
""",
    if_missed="Nous resterons dans la salle des fêtes, un samedi sur deux.",
    values={
        "environmental": "Six cents objets réparés par an, autant de moins à la déchetterie.",
        "social": "Un lieu où l’on apprend et où l’on se rencontre.",
    },
    goal_cents=3_500_00,
    uses=(("Établis et outils", 2_100_00), ("Électricité", 1_600_00), ("Coin café", 500_00)),
    others=(("Association", 700_00),),
    rewards=(
        DemoReward("Un café offert", 8_00, "Le samedi de votre choix."),
        DemoReward("Un atelier couture", 25_00, "Trois heures, machine fournie.", "token", 24, 3),
    ),
    days=30,
    fate="succeeded",
    start=-33,
    pledges=88,
    reach_percent=112,
    organisation="active-71",
    coached="pulsactions",
    cards={3: "4000002760003184", 17: "4000000000000341", 41: "4000002500003155"},
)
