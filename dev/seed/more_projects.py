"""The demo's other projects: those that failed, wait, were refused or are still being written."""

from __future__ import annotations

from dev.seed.projects import BAKERY, BIKES, LIBRARY, MILL, REPAIR, DemoProject, DemoReward

WOOL = DemoProject(
    holder="porteuse.laine",
    title="De la laine d’ici, filée ici",
    tagline="Un atelier de filature pour les toisons que l’on jette aujourd’hui.",
    commune="89025",
    theme="nature",
    picture="wool",
    alternative="Des écheveaux de laine devant un atelier à la campagne.",
    story="""## Trois tonnes de laine jetées

Autour de nous, vingt-deux éleveurs jettent leurs toisons, faute d’acheteur. Nous voulons les laver, les carder et les
filer sur place, avec une petite chaîne d’occasion.

## Ce que nous avons déjà

Un bâtiment communal prêté pour cinq ans, deux personnes formées, et les promesses écrites de neuf éleveurs. Les pelotes
seront vendues sur les marchés et dans trois épiceries du secteur.
""",
    if_missed="Nous enverrons une première tonne à façon, le temps de trouver un autre financement.",
    values={"environmental": "Une matière renouvelable qui ne part plus à la benne."},
    goal_cents=12_000_00,
    uses=(("Chaîne de filature d’occasion", 13_500_00), ("Installation", 1_500_00)),
    others=(("Prêt d’honneur", 3_000_00),),
    rewards=(DemoReward("Une pelote", 18_00, "Teinte naturelle, cinquante grammes."),),
    days=40,
    fate="failed",
    start=-70,
    pledges=44,
    reach_percent=26,
    organisation="fdfr-89",
)

ORCHARD = DemoProject(
    holder="porteur.verger",
    title="Un verger pour l’école",
    tagline="Trente arbres fruitiers plantés et soignés par les enfants.",
    commune="21231",
    theme="education",
    picture="orchard",
    alternative="De jeunes arbres fruitiers alignés dans un pré.",
    story="""## Planter pour apprendre

Trente pommiers, poiriers et pruniers de variétés locales, plantés par les cent vingt enfants de l’école, puis taillés
et récoltés par eux chaque année.

## Qui s’en occupe

Deux enseignantes, six parents et un pépiniériste à la retraite. La plantation aura lieu à la Sainte-Catherine ;
chaque classe suivra ses arbres jusqu’à la récolte.
""",
    if_missed="Nous planterons dix arbres au lieu de trente.",
    values={
        "societal": "Apprendre le vivant en le soignant, dès l’école.",
        "environmental": "Des variétés locales et un refuge pour les oiseaux.",
    },
    goal_cents=1_800_00,
    uses=(("Arbres et tuteurs", 1_300_00), ("Outils pour enfants", 700_00)),
    others=(("Parents d’élèves", 200_00),),
    rewards=(DemoReward("Un dessin d’enfant", 10_00, "Envoyé par la poste."),),
    days=30,
    fate="approved",
    start=6,
    organisation="pes-21",
    coached="pulsactions",
)

THEATRE = DemoProject(
    holder="porteur",
    title="Un théâtre dans la grange",
    tagline="Vingt soirées par an, à prix libre, dans une grange remise en état.",
    commune="58194",
    theme="culture",
    picture="theatre",
    alternative="Une grange ouverte, éclairée le soir.",
    story="""## Une scène à la campagne

La grange est belle, elle est à nous, et le voisinage est d’accord. Il lui faut un plancher, des gradins et la mise aux
normes électriques.

## Ce que nous ferons

Vingt soirées par an, dont six pour les écoles, et des répétitions ouvertes. Les places resteront à prix libre : chacun
donne ce qu’il peut, et les artistes sont payés.
""",
    if_missed="Nous jouerons dehors, l’été seulement.",
    values={"societal": "Du spectacle vivant à prix libre, loin des grandes salles."},
    goal_cents=8_000_00,
    uses=(("Plancher et gradins", 5_500_00), ("Électricité", 3_500_00)),
    others=(("Troupe", 1_000_00),),
    rewards=(
        DemoReward(
            "Deux places",
            30_00,
            "Pour la soirée de votre choix.",
            "pre_sale",
            60,
            8,
            postage="none",
            postage_words="à retirer le soir même, à la grange",
        ),
    ),
    days=60,
    fate="submitted",
)

GARDEN = DemoProject(
    holder="porteuse",
    title="Le jardin des voisins",
    tagline="Un potager partagé au pied des immeubles.",
    commune="21166",
    theme="food",
    picture="garden",
    alternative="Un potager au printemps, avec des rangs de légumes.",
    story="""## Quarante parcelles

La ville prête le terrain. Nous avons quarante familles inscrites, une cabane à monter et l’eau à amener.

## Comment cela marche

Chaque famille cultive sa parcelle et donne une matinée par mois au jardin commun. Le compost vient de l’immeuble d’à
côté, et les surplus vont à l’épicerie sociale.
""",
    if_missed="Nous ouvrirons vingt parcelles au lieu de quarante.",
    values={"social": "Quarante familles qui cultivent et se rencontrent."},
    goal_cents=2_500_00,
    uses=(("Arrivée d’eau", 1_500_00), ("Cabane et outils", 1_200_00)),
    others=(("Ville", 200_00),),
    rewards=(DemoReward("Un panier de légumes", 20_00, "En saison, à retirer au jardin.", "thanks", 30, 8),),
    days=45,
    fate="changes_requested",
    organisation="pes-21",
    coached="pulsactions",
)

SOLAR = DemoProject(
    holder="porteur",
    title="Un toit solaire pour l’école du bourg",
    tagline="Cent vingt panneaux, financés et suivis par les habitants.",
    commune="70550",
    theme="energy",
    picture="solar",
    alternative="Des panneaux solaires sur le toit d’une école de village.",
    story="""## Produire chez nous

Le toit de l’école est orienté plein sud. Une société citoyenne est en cours de création.

## Comment cela marche

Les habitants financent l’étude et le raccordement ; l’électricité est d’abord utilisée par l’école, puis vendue. Le
produit de la vente paie l’entretien et, chaque année, une sortie pour les enfants.
""",
    if_missed="Nous équiperons la moitié du toit.",
    values={"environmental": "Une électricité produite et consommée sur place."},
    goal_cents=15_000_00,
    uses=(("Étude et raccordement", 15_000_00),),
    others=(),
    rewards=(),
    days=60,
    fate="refused",
)

RIVER = DemoProject(
    holder="porteur",
    title="Nettoyer la rivière en canoë",
    tagline="Six sorties pour ramasser ce qui flotte, avec les collégiens.",
    commune="71137",
    theme="nature",
    picture="river",
    alternative="Une rivière calme entre deux rives boisées.",
    story="Nous préparons six sorties avec deux classes de collège, une association de pêche et un loueur de canoës.",
    if_missed="",
    values={},
    goal_cents=900_00,
    uses=(("Location des canoës", 900_00),),
    others=(),
    rewards=(),
    days=20,
    fate="draft",
)

SCHOOL = DemoProject(
    holder="porteuse.laine",
    title="Une cantine qui cuisine",
    tagline="Remplacer les barquettes par des repas cuisinés sur place.",
    commune="89206",
    theme="health",
    picture="school",
    alternative="Une petite école de pierre et sa cour.",
    story="""## Cuisiner pour quatre-vingts enfants

Le maire est d’accord, la cuisinière est trouvée. Il manque le four et la chambre froide.

## Comment cela marche

Quatre producteurs livrent à moins de vingt kilomètres. Les menus sont composés avec les enfants et une diététicienne ;
les restes nourrissent les poules de l’école.
""",
    if_missed="Nous cuisinerons deux jours par semaine.",
    values={"social": "Un vrai repas par jour pour quatre-vingts enfants."},
    goal_cents=4_000_00,
    uses=(("Four", 2_800_00), ("Chambre froide", 1_700_00)),
    others=(("Commune", 500_00),),
    rewards=(DemoReward("Le livre de recettes", 15_00, "Écrit par les enfants."),),
    days=45,
    fate="withdrawn",
    organisation="fdfr-89",
)

PROJECTS: tuple[DemoProject, ...] = (
    MILL, WOOL, REPAIR, BAKERY, LIBRARY, BIKES, ORCHARD, THEATRE, GARDEN, SOLAR, RIVER, SCHOOL,
)  # fmt: skip
