"""Kind words in the fictive borough: a dozen, from every channel and in every stage, and what colleagues say to each other,
through the product's own verbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import translation

from intranet.demo.events import Scene, put_on_paper
from portraits import bravo, colleagues, consent, hiding, inbox, quoting, reacting, renderings
from portraits.models import Compliment, Consent, ConsentRequest, ReplyTemplate, Spot, Team
from portraits.usages import Audience, Usage

Channel, Kind, Signature = Compliment.Channel, Compliment.Kind, Compliment.Signature
EVERYBODY = {Audience.COLLEAGUES: "yes", Audience.PUBLIC: "yes"}
SORTED, TOLD, QUOTED, ANSWERED, HIDDEN = 0.1, 0.2, 0.4, 1.1, 2  # days after it came
UNKNOWN = inbox.Writer()  # left no name
COLLEAGUES = {Audience.COLLEAGUES: "yes", Audience.PUBLIC: "no"}
TEAMS = (
    ("Parcs", "Parks", "parcs@erables.example", ("nadia", "thanh")),
    ("Déneigement", "Snow removal", "deneigement@erables.example", ("rejean",)),
    ("Collecte", "Garbage collection", "", ("ousmane",)),
    ("Bibliothèque", "Library", "bibliotheque@erables.example", ("mei-lin", "amira")),
    ("Accueil", "Front desk", "accueil@erables.example", ("carole", "gisele")),
)
SPOTS = (("Parc des Tilleuls", "Linden Park"), ("Bibliothèque du Marché", "Market Library"), ("Mairie", "Borough hall"))
TEMPLATES = (
    (
        "Merci général",
        "fr-ca",
        "Bonjour {first_name},\n\nMerci d’avoir pris le temps de nous écrire ! Vos mots ont été transmis à l’équipe {team} le {date}.\n\n"
        "Au plaisir de vous croiser.",
    ),
    (
        "Merci général",
        "en",
        "Hello {first_name},\n\nThank you for taking the time to write! Your words reached the {team} team on {date}.\n\nSee you around.",
    ),
    (
        "Déneigement",
        "fr-ca",
        "Bonjour {first_name},\n\nÀ quatre heures du matin, un mot comme le vôtre réchauffe la cabine. Merci !\n\nL’équipe {team}",
    ),
)


@dataclass(frozen=True, slots=True)
class Wrote:
    """One message, so many days ago, and how far it has come since. `people` said yes when `quoted`."""

    days: float
    words: str
    writer: inbox.Writer = UNKNOWN
    channel: Channel = Channel.WEB
    kind: str = ""
    team: str = ""
    spot: str = ""
    people: tuple[str, ...] = ()
    wishes: dict = field(default_factory=dict)
    language: str = "fr-ca"
    about: dict = field(default_factory=dict)
    answer: str = ""
    handed_to: str = ""
    quoted: bool = False
    hung: str = ""  # the place whose wall they are printed for
    hidden: str = ""  # why staff hides them

    def steps(self, scene: Scene) -> Iterator[float]:
        """What became of it, one verb at a time: yields how many days ago the next one was, then does it."""
        by = scene.users["comms"]
        yield self.days
        row = self._receive(scene, scene.ago(self.days))
        if not self.kind:
            return
        yield self.days - SORTED
        inbox.triage(row, self.kind, by=by, at=scene.ago(self.days - SORTED))
        if self.people or self.answer:
            yield self.days - TOLD
            inbox.pass_on(row, [scene.people[key] for key in self.people], by=by, at=scene.ago(self.days - TOLD))
        if self.quoted:
            yield self.days - QUOTED
            _say_yes(row, scene.ago(self.days - QUOTED))
        if self.hung:
            yield self.days - QUOTED
            put_on_paper(scene, self.days - QUOTED, compliment=row.pk, place=scene.places[self.hung], copies=2)
        if self.answer or self.handed_to:
            yield self.days - ANSWERED
        if self.answer:
            inbox.answer(row, self.answer, by=by, at=scene.ago(self.days - ANSWERED))
        if self.handed_to:
            inbox.close(row, by=by, at=scene.ago(self.days - ANSWERED), handed_to=self.handed_to)
        if self.hidden:
            yield self.days - HIDDEN
            hiding.hide(row, by=by, at=scene.ago(self.days - HIDDEN), reason=self.hidden)

    def _receive(self, scene: Scene, at: datetime) -> Compliment:
        staff = self.channel in (*Compliment.WRITTEN_BY_STAFF, *Compliment.SOCIAL)
        return inbox.receive(
            self.words,
            at=at,
            channel=self.channel,
            writer=self.writer,
            wishes=self.wishes,
            method=Consent.Method.INTAKE if staff else Consent.Method.FORM,
            happened_on=at.date(),
            entered_by=scene.users["rh"] if staff else None,
            language=self.language,
            team=Team.objects.filter(name=self.team).first(),
            spot=Spot.objects.filter(name=self.spot).first(),
            **self.about,
        )[0]


@dataclass(frozen=True, slots=True)
class Cheered:
    """A colleague's bravo, so many days ago: `by` is a login or one of ours; for the wall, it is read before it is given."""

    days: float
    by: str
    words: str
    to: str = ""
    team: str = ""
    wall: bool = True
    read: bool = True
    touched: tuple[tuple[str, str], ...] = ()

    def steps(self, scene: Scene) -> Iterator[float]:
        """Said; then, for the wall, sorted, given, allowed by its person, and read by colleagues (`touched`: who, and how)."""
        by = scene.users["comms"]
        yield self.days
        person = scene.people.get(self.to)
        row = bravo.give(
            self.words,
            writer=scene.people.get(self.by) or colleagues.writer(scene.users[self.by]),
            to=bravo.For(person, Team.objects.filter(name=self.team).first()),
            wall=self.wall,
            key=self.words,
            language="fr-ca",
            at=scene.ago(self.days),
        )
        if self.wall and self.read:
            yield self.days - SORTED
            inbox.triage(row, Kind.COMPLIMENT, by=by, at=scene.ago(self.days - SORTED))
            yield self.days - TOLD
            inbox.pass_on(row, [person] if person else [], by=by, at=scene.ago(self.days - TOLD))
            yield self.days - QUOTED
            _say_yes(row, scene.ago(self.days - QUOTED))
            inbox.close(row, by=by, at=scene.ago(self.days - QUOTED))
        for rank, (key, kind) in enumerate(self.touched, start=1):
            yield self.days - rank
            reacting.tap(row.pk, scene.people[key], reacting.Kind(kind), at=scene.ago(self.days - rank))


def _say_yes(row: Compliment, at: datetime) -> None:
    for request in ConsentRequest.objects.filter(subject__version__compliment=row, subject__role="named"):
        quote = quoting.quote(request.subject.version)
        with translation.override(row.language):
            usages = [Usage(name) for name in request.asked]
            seen = {usage: renderings.render(usage, quote).sha256 for usage in usages}
        proof = consent.Proof(consent.Method.CODE)
        consent.answer(request, dict.fromkeys(usages, "yes"), seen=seen, at=at, proof=proof)


def _huguette(signed: bool = True) -> inbox.Writer:
    signature = Signature.FIRST_NAME if signed else Signature.ANONYMOUS
    return inbox.Writer("Huguette", "Les Érables", "huguette@courriel.example", signature=signature)


WORDS = (
    Wrote(
        40,
        "Nadia a pris dix minutes pour expliquer à mon fils comment on plante un arbre. Il veut maintenant être jardinière.",
        _huguette(),
        kind=Kind.COMPLIMENT,
        team="Parcs",
        spot="Parc des Tilleuls",
        people=("nadia",),
        wishes=EVERYBODY,
        answer="Bonjour Huguette,\n\nNadia a lu vos mots dans la serre, à voix haute. Dites à votre fils que la pelle est prête.",
        quoted=True,
        hung="kitchen",
    ),
    Wrote(
        30,
        "Réjean a attendu que je sorte ma voiture du banc de neige, et il m’a envoyé la main. À cinq heures du matin !",
        inbox.Writer("Antoine", "Vieux-Moulin", "antoine@courriel.example", signature=Signature.FIRST_NAME),
        kind=Kind.COMPLIMENT,
        team="Déneigement",
        people=("rejean",),
        wishes=EVERYBODY,
        answer="Bonjour Antoine,\n\nRéjean vous renvoie la main. À la prochaine bordée !",
        quoted=True,
    ),
    Wrote(
        21,
        "Mei-Lin stayed after closing to help me print my papers. She has the patience of an angel.",
        inbox.Writer("Priya", "Canal", "priya@courriel.example", signature=Signature.FIRST_NAME),
        kind=Kind.COMPLIMENT,
        team="Bibliothèque",
        spot="Bibliothèque du Marché",
        people=("mei-lin",),
        wishes=EVERYBODY,
        language="en",
        answer="Hello Priya,\n\nMei-Lin read your message between two shelves, and kept it.",
        quoted=True,
    ),
    Wrote(
        18,
        "Tous les mardis à quatre heures, Carole garde la place de ma fille au guichet et l’appelle par son prénom.",
        inbox.Writer("Lorraine", "Vieux-Moulin", "lorraine@courriel.example", signature=Signature.FIRST_NAME),
        kind=Kind.COMPLIMENT,
        team="Accueil",
        spot="Mairie",
        people=("carole",),
        wishes=EVERYBODY,
        answer="Bonjour Lorraine,\n\nCarole attend votre fille mardi. Elle a rougi en vous lisant.",
        quoted=True,
        hidden="Un lieu, un jour et une heure : on y retrouverait une enfant.",
    ),
    Wrote(
        12,
        "Ousmane réveille la ruelle, et on l’aime quand même. Il replace toujours mon bac, couvercle fermé.",
        channel=Channel.PHONE,
        kind=Kind.COMPLIMENT,
        team="Collecte",
        people=("ousmane",),
        wishes=COLLEAGUES,
        about={"external_ref": "311-26-104412"},
        quoted=True,
    ),
    Wrote(
        6,
        "Carole m’a rappelée elle-même le lendemain pour s’assurer que tout était réglé. Je n’en revenais pas.",
        inbox.Writer("Fernande", phone="514 555-0177"),
        channel=Channel.COUNTER,
        kind=Kind.COMPLIMENT,
        team="Accueil",
        spot="Mairie",
        people=("carole",),
        wishes=COLLEAGUES,
    ),
    Wrote(
        5,
        "Un ancien des parcs qui vous lit encore : les vivaces de la rue du Verger n’ont jamais été aussi belles.",
        channel=Channel.PAPER,
        kind=Kind.COMPLIMENT,
        team="Parcs",
        about={"to_whom": "toute l’équipe"},
    ),
    Wrote(
        4,
        "Les vivaces sont superbes, mais la souffleuse me réveille à trois heures chaque nuit de tempête.",
        inbox.Writer("Gilles", email="gilles@courriel.example"),
        channel=Channel.MAIL,
        kind=Kind.COMPLAINT,
        handed_to="311, 26-104598",
    ),
    Wrote(
        3,
        "Bravo aux gens de la patinoire ! La glace est un miroir.",
        channel=Channel.FACEBOOK,
        about={"external_ref": "https://social.example/erables/posts/14?comment=9"},
    ),
    Wrote(
        2,
        "Gisèle a trouvé mon formulaire, mon stylo et ma bonne humeur. Si elle veut me rappeler : 514 555-0142.",
        _huguette(signed=False),
        kind=Kind.COMPLIMENT,
        team="Accueil",
        spot="Mairie",
        wishes=EVERYBODY,
    ),
    Wrote(
        1, "La personne à la chenillette a fait très attention aux enfants devant l’école. Merci, qui que vous soyez."
    ),
    Wrote(
        0.5, "The pyjama story hour was funny, warm and well prepared. Thank you!", language="en", team="Bibliothèque"
    ),
    Wrote(0.4, "GAGNEZ une auto http://gain.example http://gain.example/2", about={"suspicion": 5}),
    Wrote(0.2, "Merci !", spot="Parc des Tilleuls"),
)

BRAVOS = (
    Cheered(
        17,
        "rejean",
        "On rentre de la nuit, on passe devant tes vivaces, et on ralentit. Tous. Même moi.",
        to="nadia",
        touched=(("carole", "bravo"), ("gisele", "touche"), ("thanh", "bravo")),
    ),
    Cheered(
        9,
        "carole",
        "Tu as gardé la piscine ouverte une heure de plus pour que l’équipe du matin puisse venir. Personne ne te l’avait demandé.",
        to="diego",
    ),
    Cheered(
        7,
        "mei-lin",
        "Vous avez sorti vos pelles devant la bibliothèque avant la vôtre. Les poussettes ont pu entrer à dix heures.",
        team="Déneigement",
    ),
    Cheered(
        3,
        "rh",
        "Tu as montré la serre aux nouvelles recrues, une par une. Elles en parlent encore à la pause.",
        to="nadia",
        wall=False,
    ),
    Cheered(
        1.5,
        "employe",
        "Tu as retrouvé mon dossier en trois minutes, et tu m’as souri avant de regarder l’heure.",
        to="gisele",
        wall=False,
    ),
    Cheered(
        0.3,
        "employe",
        "Tu replaces les bacs le long de la serre, à l’abri des branches. Les petits arbres te disent merci.",
        to="ousmane",
        read=False,
    ),
)


class Story:
    """Every message, a verb at a time, between the other events of the borough: the ledger's lines follow the days."""

    def __init__(self, scene: Scene):
        self.steps = [one.steps(scene) for one in (*WORDS, *BRAVOS)]
        self.next = {number: next(steps) for number, steps in enumerate(self.steps)}

    def tell(self, until: float = -1) -> None:
        """All that happened before so many days ago; everything that is left, by default."""
        while self.next and max(self.next.values()) > until:
            number = max(self.next, key=self.next.get)
            following = next(self.steps[number], None)
            if following is None:
                del self.next[number]
            else:
                self.next[number] = following


def prepare(scene: Scene) -> Story:
    """Teams, spots and templates; then the story, still to be told."""
    for name, english, email, members in TEAMS:
        team = Team.objects.create(name=name, name_en=english, email=email)
        for key in members:
            person = scene.people[key]
            person.team = team
            person.save(update_fields=["team"])
    Spot.objects.bulk_create(Spot(name=name, name_en=english) for name, english in SPOTS)
    for theme, language, body in TEMPLATES:
        ReplyTemplate.objects.create(theme=theme, language=language, body=body)
    return Story(scene)
