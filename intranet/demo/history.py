"""One year in the fictive borough, oldest first (days before today): a portrait in every state that consent can take."""

from ecrans.models import Affiche
from intranet.demo.events import Answered, Asked, Issue, Printed, Rewritten, Stopped, Submitted, Withdrew
from portraits.usages import ASKED, Usage

COLLEAGUES = (Usage.INTRANET, Usage.INFOLETTRE, Usage.ECRAN, Usage.AFFICHE)
WAITING = "ines"  # the one whose link the demo prints

SENT = Issue(
    14,
    number=14,
    title="Ousmane réveille la ruelle à cinq heures",
    preheader="Morris lui répond du balcon. Et Réjean démarre avant la neige.",
    feature="ousmane",
    text={
        "heading": "La patinoire ouvre le 12 décembre",
        "words": (
            "Si le froid tient, la glace du parc sera prête le 12. L’équipe des parcs cherche deux personnes pour "
            "l’arrosage de nuit : bottes fournies, chocolat chaud aussi.\n\nLes patins trop petits se déposent dans le bac "
            "vert, à l’entrée de la mairie."
        ),
    },
    shorts=("rejean", "mei-lin", "amira", "diego"),
)
DRAFT = Issue(
    None,
    number=15,
    title="Nadia parle à ses 1 400 vivaces",
    preheader="Elle connaît aussi le prénom d’un ver de terre.",
    feature="nadia",
    text={
        "heading": "Le dîner de l’équipe est le 17 décembre",
        "words": "À midi, dans la grande salle. Chacun apporte un plat de chez soi et l’étiquette avec son prénom.",
    },
    shorts=("jean-philippe", "carole", "gisele", "stephanie"),
)

HISTORY = (
    # Over since last week: a yes lasts a year.
    Asked(380, "thanh"),
    Answered(372, "thanh", "thanh"),
    # Ends in twenty days.
    Asked(350, "diego"),
    Answered(344.5, "diego", "diego"),
    Asked(200, "amira"),
    Answered(198, "amira", "amira"),
    # No to everything: for the editors, the same « no consent » as an end or a silence.
    Asked(160, "samir"),
    Answered(158, "samir", "samir", yes=(), no=ASKED),
    # Yes, save for search engines.
    Asked(120, "gisele"),
    Answered(
        118, "gisele", "gisele", yes=(*COLLEAGUES, Usage.SITE, Usage.SOCIAL, Usage.VITRINE), no=(Usage.INDEXATION,)
    ),
    Asked(110, "carole"),
    Answered(108, "carole", "carole"),
    Asked(75, "jean-philippe"),
    Answered(74, "jean-philippe", "jean-philippe"),
    Asked(60, "lucie"),
    Answered(59, "lucie", "lucie"),
    # Only what stays among colleagues, and not on the walls; nothing said about the rest.
    Asked(48, "stephanie"),
    Answered(
        47,
        "stephanie",
        "stephanie",
        yes=(Usage.INTRANET, Usage.INFOLETTRE),
        no=(Usage.ECRAN, Usage.AFFICHE),
    ),
    # A new text, asked and closed in silence three weeks ago: the former one stays on the wall.
    Rewritten("carole", {"sentence": "Je réponds à quatre-vingt-dix appels par jour, et chacun est le premier."}),
    Asked(42, "carole"),
    # A pair: both had to say yes.
    Asked(33, "ousmane"),
    Answered(32, "ousmane", "ousmane"),
    Answered(30, "ousmane", "morris"),
    Asked(26, "mei-lin"),
    Answered(25, "mei-lin", "mei-lin"),
    Asked(19, "rejean"),
    Answered(18, "rejean", "rejean"),
    Printed(17, "amira", "kitchen", copies=2),
    Printed(16, "rejean", "garage", copies=3, size=Affiche.Size.TABLOID),
    SENT,
    Asked(12, "nadia"),
    Answered(11, "nadia", "nadia"),
    # The English adaptations are portraits of their own, with their own yes.
    Asked(9, "ousmane-en"),
    Answered(8.5, "ousmane-en", "ousmane"),
    Answered(8, "ousmane-en", "morris"),
    Asked(8, "mei-lin-en"),
    Answered(7, "mei-lin-en", "mei-lin"),
    Asked(7, "nadia-en"),
    Answered(6, "nadia-en", "nadia"),
    # Her page answers 410, her picture leaves the mails, her posters are to be taken down.
    Withdrew(3, "amira", "amira"),
    Stopped(1, "lucie", "Le nom de l’école est à vérifier."),
    # Over, and to be asked again: it waits for a reader from communications.
    Submitted(0.2, "thanh"),
    # The answer is awaited.
    Asked(0.1, WAITING),
    # The desk went on after the yes: the wall keeps the text that was agreed to.
    Rewritten("nadia", {"sentence": "Je plante 1 500 vivaces par printemps, et je parle à chacune."}),
    DRAFT,
)
