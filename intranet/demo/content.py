"""What the fictive borough tells: the words of its portraits, as their people would have them. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One portrait's texts. `story` holds its paragraphs; `partner_*` belong to a paired resident."""

    first_name: str
    job: str = ""
    sentence: str = ""
    story: tuple[str, ...] = ()
    alt: str = ""
    tags: tuple[str, ...] = ()
    partner_name: str = ""
    partner_alt: str = ""


FRENCH = {
    "nadia": Words(
        "Nadia",
        "Horticultrice, équipe des parcs",
        "Je plante 1 400 vivaces par printemps, et je parle à chacune.",
        (
            "Mon année commence en février, dans la serre, quand tout le monde croit que rien ne pousse. J’ai les mains "
            "dans la terre pendant que la neige tombe de l’autre côté de la vitre.",
            "En mai, je sors avec l’équipe. On fait le tour des quarante-deux parcs, du plus grand au plus petit. Le "
            "plus petit tient entre deux arrêts d’autobus : onze plants de lavande et un banc.",
            "Le mieux, c’est quand les enfants s’arrêtent et me demandent le nom des vers de terre. Je leur réponds "
            "toujours : « Lui, c’est Gérard. » Une petite fille repasse chaque semaine prendre de ses nouvelles.",
        ),
        "Nadia, en salopette verte, sourit entre les rangs de la serre.",
        ("parcs", "serre", "dehors"),
    ),
    "rejean": Words(
        "Réjean",
        "Opérateur de chenillette",
        "Je connais chaque bordure de trottoir par son petit nom.",
        (
            "Le téléphone sonne à une heure du matin et je sais qu’il neige. Je prends mon thermos, mes mitaines, et je "
            "démarre la chenillette.",
            "À trois heures, la ville est à moi. Je déneige quatorze kilomètres de trottoirs avant le premier autobus. "
            "Devant l’école, je passe deux fois, parce que les bottes y sont petites. Les grands bancs de neige, je les "
            "garde pour le parc : ça fait des glissades.",
            "Mon coin préféré, c’est la côte de la rue des Lilas. Une dame est toujours à sa fenêtre, en robe de "
            "chambre. Elle lève sa tasse, je lève mon thermos. On ne se parle jamais, mais on se connaît bien.",
        ),
        "Réjean, tuque rouge et barbe grise, sourit sous la neige, la nuit.",
        ("déneigement", "nuit", "dehors"),
    ),
    "mei-lin": Words(
        "Mei-Lin",
        "Bibliothécaire jeunesse",
        "Je fais semblant de ne pas voir ceux qui lisent sous les tables.",
        (
            "Le samedi à dix heures, c’est l’heure du conte. Vingt-deux enfants s’assoient sur le tapis, et il y en a "
            "toujours un qui garde ses bottes.",
            "Le reste de la semaine, je répare des livres. Les dinosaures reviennent avec une page mâchée, les "
            "princesses avec de la confiture. J’ai un tiroir de ruban, un tiroir de colle et un tiroir de toutous "
            "oubliés.",
            "Sous la table du fond, il y a une place pour deux. J’y laisse un coussin et je passe l’aspirateur en "
            "dernier. Un garçon y lit la même bande dessinée depuis septembre. Hier, il me demande tout bas : « Avez-vous "
            "la suite ? » Je l’ai.",
        ),
        "Mei-Lin, lunettes rondes et veste prune, sourit devant les rayons de livres.",
        ("bibliothèque", "enfants"),
    ),
    "diego": Words(
        "Diego",
        "Sauveteur",
        "Je vois une troisième génération apprendre à nager dans le petit bassin.",
        (
            "J’ouvre la piscine à cinq heures et demie. L’eau est plate comme une vitre et j’ai le droit de ne rien "
            "dire pendant dix minutes.",
            "À six heures, les habitués arrivent. Un monsieur fait quarante longueurs en comptant tout haut. Une dame "
            "nage avec un bonnet à fleurs plus vieux que moi. Si l’un des deux manque deux matins de suite, je "
            "m’informe.",
            "Le samedi, c’est au tour des petits. Je tiens le premier menton hors de l’eau, puis je lâche sans le dire. "
            "Il y a toujours une grand-mère dans les gradins. Elle crie plus fort que tout le monde, et je la connais : "
            "elle a appris ici.",
        ),
        "Diego, en polo rouge, un sifflet au cou, sourit au bord de la piscine.",
        ("piscine", "sports"),
    ),
    "thanh": Words(
        "Thanh",
        "Mécanicien",
        "Je remets la 14 sur la route avant la tempête. Elle m’en doit une.",
        (
            "La 14, c’est une souffleuse de 2009. Elle tousse dès qu’on annonce plus de vingt centimètres. Je la "
            "connais : je glisse un carton dessous et je l’écoute.",
            "Au garage, on s’occupe de soixante et un véhicules. Je commence par le bruit, jamais par l’ordinateur. Un "
            "roulement qui siffle, une courroie qui claque, ça se reconnaît les yeux fermés. L’apprenti croit que je "
            "fais de la magie.",
            "Quand la neige tombe pour vrai, je dors sur le divan du bureau. À quatre heures, j’entends la 14 sortir "
            "de la cour. Elle ne tousse pas. Je me rendors.",
        ),
        "Thanh, en salopette bleue, sourit en coin devant le mur d’outils du garage.",
        ("garage", "déneigement"),
    ),
    "carole": Words(
        "Carole",
        "Agente au 311",
        "Je réponds à quatre-vingts appels par jour, et chacun est le premier.",
        (
            "Le matin, c’est la collecte. À midi, ce sont les permis. Après souper, ce sont les gens qui ne savent pas "
            "qui appeler. Ceux-là, je les garde pour moi.",
            "J’ai deux écrans, une plante et un carnet. Dans le carnet, j’écris les questions que personne ne pose deux "
            "fois. Un homme cherche où passe sa tortue, une dame veut savoir si le feu de la rue des Lilas s’ennuie.",
            "Je ne connais pas leur visage, mais je reconnais les voix. Une dame appelle tous les lundis pour la "
            "collecte. Elle connaît l’horaire par cœur. On parle de ses tomates, puis je lui souhaite bonne semaine.",
        ),
        "Carole, chignon gris et lunettes rondes, sourit à son bureau près de la fenêtre.",
        ("311", "accueil"),
    ),
    "ousmane": Words(
        "Ousmane",
        "Préposé à la propreté",
        "Je réveille la ruelle tout doucement, à cinq heures du matin.",
        (
            "Ma tournée part de la cour des Forges, avec un balai, une pince et une thermos. Je passe d’abord du côté des "
            "garages, pour ne pas faire japper Biscuit.",
            "Je ramasse de tout : des mitaines, des mots doux, un jour un aquarium vide. Ce qui peut resservir, je le "
            "pose sur la clôture verte. Le lendemain, c’est parti. La clôture, c’est notre magasin.",
            "Vers sept heures, Morris sort sur son balcon avec son café. Il me dit le temps qu’il va faire et il se "
            "trompe une fois sur deux. Je lui raconte la ruelle d’en bas. C’est là que ma journée commence pour vrai.",
        ),
        "Ousmane, casquette marine et veste jaune, sourit dans la ruelle.",
        ("propreté", "ruelle", "dehors"),
        partner_name="Morris",
        partner_alt="Morris, crâne dégarni et lunettes rondes, sourit sur son balcon fleuri.",
    ),
    "amira": Words(
        "Amira",
        "Agente aux permis",
        "Je lis un plan de balcon comme d’autres lisent un roman.",
        (
            "Les gens arrivent au comptoir avec un rouleau sous le bras et un peu d’inquiétude. Je déroule le plan, je "
            "pose une tasse sur chaque coin et on regarde ensemble.",
            "Un permis, c’est souvent une histoire de famille. Une chambre pour un bébé, une rampe pour un grand-père, "
            "un atelier pour quelqu’un qui recommence. Je cherche comment dire oui. Quand c’est non, j’explique "
            "pourquoi, avec un crayon.",
            "Mon plus petit dossier tient sur une serviette de papier. C’est une cabane à oiseaux, dessinée par un "
            "enfant de six ans. Elle n’a pas besoin de permis. Je lui donne quand même un tampon.",
        ),
        "Amira, foulard vert, sourit derrière le comptoir des permis, devant la carte du quartier.",
        ("permis", "accueil"),
    ),
    "gisele": Words(
        "Gisèle",
        "Adjointe au greffe",
        "Je sais où dort chaque procès-verbal depuis 1911.",
        (
            "Le greffe, c’est la mémoire de la place. J’ai deux cent quatorze registres, un escabeau et une bonne "
            "paire de lunettes. L’encre de 1911 est encore plus noire que la nôtre.",
            "Les soirs de conseil, j’écris ce qui se dit, pas ce qu’on aurait voulu dire. Je note l’heure, les votes "
            "et le nom de chaque personne qui pose une question. Dans cent ans, quelqu’un va les lire.",
            "Mon registre préféré est celui de 1934. On y débat trois heures d’une chèvre dans un parterre. La chèvre "
            "gagne, à une voix. Je le montre à tous les nouveaux, le premier jour, avec des gants.",
        ),
        "Gisèle, cheveux blancs et veste bleue, sourit dans la salle des registres.",
        ("greffe", "archives"),
    ),
    "ines": Words(
        "Inès",
        "Animatrice de camp de jour",
        "Je connais quarante-six prénoms et autant de façons de perdre une espadrille.",
        (
            "L’été, j’arrive au parc à sept heures avec un bac de chapeaux et deux de crème solaire. À huit heures, "
            "j’ai quarante-six enfants et zéro minute à moi.",
            "Mon meilleur outil, c’est un ballon. Le deuxième, c’est le silence : je m’assois par terre et j’attends. "
            "Ils finissent toujours par s’asseoir aussi, pour voir ce que je regarde. En général, c’est une fourmi.",
            "Le vendredi, on monte un spectacle sous la grande tente. Un petit qui ne parle pas en juin tient le micro "
            "en août. Moi, je suis en coulisse, avec une espadrille dans chaque main. Personne ne sait à qui elles sont.",
        ),
        "Inès, longues tresses et polo rose, sourit au parc, entre les tentes du camp de jour.",
        ("parcs", "enfants"),
    ),
    "jean-philippe": Words(
        "Jean-Philippe",
        "Élagueur",
        "Je monte à dix-huit mètres pour demander à un érable comment il va.",
        (
            "Avant de monter, je fais le tour de l’arbre et je mets ma main dessus. L’écorce me dit presque tout : où "
            "il a soif, où il a mal, où il fait semblant.",
            "En haut, j’entends la rue autrement. Les autobus deviennent une rivière. Je coupe peu, je coupe bien, et "
            "je redescends chaque branche à la corde. En dessous, il y a toujours une auto qui n’a pas lu la pancarte.",
            "Au printemps, je contourne les nids. L’érable de la rue du Moulin a une famille de merles à la "
            "troisième fourche. Il attend l’automne, et moi aussi. Une voisine surveille la date avec moi.",
        ),
        "Jean-Philippe, casque blanc et barbe brune, sourit au milieu des branches d’un érable.",
        ("arbres", "parcs", "dehors"),
    ),
    "stephanie": Words(
        "Stéphanie",
        "Inspectrice en bâtiment",
        "Je regarde les murs de travers pour que les vôtres tiennent droit.",
        (
            "J’ai un niveau, une lampe de poche et des bottes à cap. Je visite cinq chantiers par jour, souvent avant "
            "que le café soit prêt. Les menuisiers me gardent une tasse.",
            "Je regarde ce qui ne se voit plus quand c’est fini : les attaches, l’isolant, la pente du drain. Une fissure "
            "raconte une histoire. Certaines sont vieilles et tranquilles, d’autres se dépêchent. C’est mon travail de "
            "faire la différence.",
            "Le moment que j’aime, c’est la dernière visite. Les gens ont déjà choisi la place du sofa. Je signe sur "
            "un bout de comptoir, entre deux boîtes. Après, c’est une maison.",
        ),
        "Stéphanie, longs cheveux roux et chemise ardoise, sourit devant un duplex en travaux.",
        ("permis", "chantiers"),
    ),
    "samir": Words(
        "Samir",
        "Préposé au comptoir Accès",
        "Je traduis la Ville en français de tous les jours.",
        (
            "Mon comptoir est le premier en entrant. Les gens posent leur tuque, puis leur question. Je réponds en "
            "français, en arabe, en anglais, et parfois avec un dessin.",
            "J’ai une cloche, un plan du quartier et quatre-vingt-trois formulaires. Le mien est le quatre-vingt-quatrième : "
            "une feuille qui dit par où commencer. Les collègues la photocopient en cachette.",
            "La semaine passe vite. Lundi, une famille arrive avec six valises et une adresse sur un papier. Vendredi, "
            "ils reviennent avec des carnets de bibliothèque. La petite me montre le sien, et me demande si j’en ai un.",
        ),
        "Samir, barbe et lunettes rondes, sourit derrière le comptoir d’accueil.",
        ("accueil",),
    ),
    "lucie": Words(
        "Lucie",
        "Brigadière scolaire",
        "Je fais traverser deux cent dix enfants par jour, et un chat.",
        (
            "Mon coin de rue ouvre à sept heures et quart. J’ai un dossard, un panneau et des mitaines de rechange dans "
            "les poches. Il en manque toujours une à quelqu’un.",
            "Je sais qui a un examen, qui a perdu une dent et qui n’a pas déjeuné. J’ai des pommes dans mon sac pour "
            "ceux-là. On marche, on ne court pas, et on regarde dans les yeux de la personne qui conduit.",
            "Le chat s’appelle Facteur. Il traverse à trois heures vingt, sur les lignes, la queue droite. Je lève mon "
            "panneau pour lui comme pour les autres. Les autos attendent, et tout le monde sourit.",
        ),
        "Lucie, casquette orange et dossard vert, sourit au passage piéton de l’école.",
        ("école",),
    ),
    "benoit": Words("Benoît"),
}

ENGLISH = {
    "nadia": Words(
        "Nadia",
        "Gardener, parks crew",
        "I plant 1,400 perennials every spring, and I talk to each of them.",
        (
            "My year starts in February, in the greenhouse, when everyone is sure that nothing grows. My hands are in "
            "warm soil while the snow comes down on the other side of the glass.",
            "In May the crew and I head outside. We look after forty-two parks, from the largest to the smallest. The "
            "smallest fits between two bus stops: eleven lavender plants and a bench.",
            "The best part is when children stop and ask me what the earthworms are called. I always say: “That one is "
            "Gerald.” One little girl comes by every week to ask how he is doing.",
        ),
        "Nadia, in green overalls, smiles between the rows of the greenhouse.",
        ("parks",),
    ),
    "mei-lin": Words(
        "Mei-Lin",
        "Children’s librarian",
        "I pretend not to see the ones who read under the tables.",
        (
            "Story time is Saturday at ten. Twenty-two children sit down on the rug, and there is always one who keeps "
            "his boots on.",
            "The rest of the week I mend books. The dinosaurs come back with a chewed page, the princesses with jam. I "
            "have a drawer of tape, a drawer of glue and a drawer of lost teddy bears.",
            "Under the table at the back there is room for two. I leave a cushion there and I vacuum it last. One boy "
            "has been reading the same comic since September. Today he whispers: “Do you have the next one?” I do.",
        ),
        "Mei-Lin, in round glasses and a plum jacket, smiles in front of the bookshelves.",
        ("library",),
    ),
    "ousmane": Words(
        "Ousmane",
        "Street cleaner",
        "I wake up the lane, gently, at five in the morning.",
        (
            "My round starts at the Forges yard, with a broom, a picker and a thermos. I sweep along the garages first, "
            "so that Biscuit does not bark.",
            "I pick up everything: mittens, love notes, an empty fish tank. Whatever can be used again goes on the green "
            "fence. By the next morning it is gone. That fence is our corner store.",
            "Around seven, Morris steps out on his balcony with his coffee. He tells me what the weather will be, and he "
            "is right about half the time. I tell him the news from down here. That is when my day really begins.",
        ),
        "Ousmane, in a navy cap and a yellow vest, smiles in the lane.",
        ("lane",),
        partner_name="Morris",
        partner_alt="Morris, bald with round glasses, smiles on his balcony full of flowers.",
    ),
}
