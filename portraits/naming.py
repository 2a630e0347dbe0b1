"""Somebody's name in kind words, when it is nobody's whom we know: a capital where no sentence opens is proposed as « a name? », and
so is one that opens it before what somebody did. A moderator judges it. Our own people's names are looked for elsewhere
(own_words.py). Nothing finds a name in small letters, nor all in capitals: whoever passes words on reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portraits import brand, masking
from portraits.match import folded
from portraits.models import Compliment, Person, Spot, Team

_WORD = re.compile(r"[^\W\d_]+")
_JOINS = frozenset((" ", "\u00a0", "\u202f", "-", "\u2011", "'", "’"))  # between two parts of one name
_GOES_ON = re.compile(r"[\w,;:'’&/()»\]]|(?<=[^\s])[-\u2011]$")  # before a word that opens no sentence
_DOES = re.compile(r"\s(?:a|est|était|m['’]a|l['’]a|nous a|vous a|was|is|has)\b")  # what somebody did: « Josiane a… »
_TITLE = re.compile(r"\b(?:m|mme|mmes|mlle|mr|mrs|ms|dr|dre)\.?$", re.IGNORECASE)
_SMALL = "de du des d la le les l of the"  # between a place and its name
_KINDS_OF_PLACE = """
rue avenue boulevard boul av chemin place parc square ruelle allée pont station métro gare école bibliothèque piscine aréna
église centre quartier arrondissement ville marché canal lac fleuve hôpital garderie CPE festival collège cégep université
théâtre musée patinoire jardin jardins complexe chalet maison résidence île mont pavillon stade café saint sainte st ste notre
street avenue road park bridge school library pool rink church city market lake river hospital university house garden
"""
_EVERYDAY = """
merci mercis bravo félicitations chapeau bonjour bonsoir allô salut bonne joyeux joyeuse cordialement madame monsieur
mesdames messieurs Mme Mmes Mlle Mr Mrs Ms Dr Dre M je tu il elle on nous vous ils elles ce cet cette ces ça cela c
mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs le la les un une des de du et mais ou donc car qui que quoi
quand quel quelle quels quelles comment pourquoi pour par dans sur avec sans chez si très tout toute tous toutes hier
personne rien chacun chacune quelqu ceci voilà tel telle maman papa mamie papi y
aujourd demain depuis après avant pendant grâce enfin encore toujours jamais à au aux en ici
thanks thank hello hi dear sir madam it she he we they you your my our his her the a an and but or so this that these those there
what when who how why for from with without to in on at every all very
everything everyone everybody someone somebody nothing nobody which one
équipe service services employé employée employés mairie conseil bureau accueil hôtel loisirs travaux publics culture
sports parcs team staff department hall
Noël Pâques Halloween Internet Facebook Instagram Google Covid Dieu God Québec Montréal Canada
français française anglais anglaise French English québécois québécoise montréalais montréalaise
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
lundi mardi mercredi jeudi vendredi samedi dimanche
January February March April May June July August September October November December
Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter
"""
_OF, PLACES, _COMMON = (frozenset(folded(one).split()) for one in (_SMALL, _KINDS_OF_PLACE, _EVERYDAY))


def left(compliment: Compliment, text: str) -> list[masking.Mark]:
    """What may be a name in these words and was not judged yet; nothing of kind words that would be quoted nowhere. A criticism
    goes to a team without its writer's name. Five queries at most, none where no capital may be a name's."""
    kind = compliment.kind
    asked = kind == Compliment.Kind.COMPLAINT or (kind == Compliment.Kind.COMPLIMENT and _quotable(compliment))
    if not asked or not marks(text):
        return []
    return masking.unjudged(compliment, marks(text, known=_known()))


def marks(text: str, *, known: frozenset[str] = frozenset()) -> list[masking.Mark]:
    """What may be a name in these words, in order. `known`: folded words that are none."""
    found = []
    for run in _runs(text):
        unknown = [one for one in run if len(one[0]) > 1 and folded(one[0]) not in known | _COMMON]
        told = any(not _opens(text, one) for one in unknown) or _DOES.match(text, run[-1].end())
        if unknown and told and not _is_place(text, run):
            start, end = unknown[0].start(), unknown[-1].end()
            found.append(masking.Mark(_("a name?"), start, end, text[start:end], behind=_("a name")))
    return found


def _runs(text: str) -> Iterator[list[re.Match]]:
    """The words with a capital that stand against each other; never those all in capitals, which are a way to speak loudly."""
    run: list[re.Match] = []
    for word in _WORD.finditer(text):
        capital = word[0][0].isupper() and (len(word[0]) == 1 or not word[0].isupper())
        if run and not (capital and text[run[-1].end() : word.start()] in _JOINS):
            yield run
            run = []
        if capital:
            run.append(word)
    if run:
        yield run


def _opens(text: str, word: re.Match) -> bool:
    """Whether a sentence starts at this word, so that its capital says nothing."""
    line = text[: word.start()].rpartition("\n")[2]
    before = line.rstrip()
    if not before or _TITLE.search(before):
        return not before
    return not _GOES_ON.search(line if line[-1] in "-\u2011" else before[-1])


def _is_place(text: str, run: list[re.Match]) -> bool:
    """Whether these words are a street's, a park's, a school's: said by themselves, or by the word before them."""
    if _TITLE.search(run[0][0]):
        return False
    if {folded(run[0][0]), folded(run[-1][0])} & PLACES:
        return True
    before = text[: run[0].start()].rpartition("\n")[2]
    words = folded(re.split(r"[^\w\s'’-]", before)[-1]).split()
    while words and words[-1] in _OF:
        words.pop()
    return bool(words) and words[-1] in PLACES


def _quotable(compliment: Compliment) -> bool:
    return compliment.channel in Compliment.SOCIAL or "yes" in (compliment.colleagues, compliment.public)


def _known() -> frozenset[str]:
    """Words that are our people's names, our teams', our places', or the borough's; never its writer's district, where anybody's
    name may stand. Four queries."""
    staff = Person.objects.filter(kind=Person.Kind.EMPLOYEE).order_by()
    names = [name for row in staff.values_list("first_name", "last_name").distinct() for name in row]
    for model in (Team, Spot):
        names += [name for row in model.objects.values_list("name", "name_en") for name in row]
    names.append(brand.current().name)
    return frozenset(word for name in names for word in folded(name).split())
