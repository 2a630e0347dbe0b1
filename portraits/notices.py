"""What is said to a person before they answer: numbered texts, and a hash of every word that was put to them.

Version 1 is below and is written in the database after each migration; the consent officer publishes the next ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from portraits import ledger
from portraits.models import ConsentRequest, NoticeText, Person, Subject
from portraits.usages import EPOCH, PROMISES, Usage

Code = NoticeText.Code
FIRST: dict[tuple[str, str], str] = {
    (Code.WRITER, "fr-ca"): (
        "Qui lit : les personnes de l’arrondissement qui reçoivent les remerciements, puis celle ou celui que vous "
        "remerciez. Nous transmettons vos mots même si vous dites non partout.\n\n"
        "Citer vos mots est une autre question. Nous pouvons en retirer une phrase ou masquer un nom, jamais y ajouter : si "
        "nous changeons autre chose, nous vous redemandons. Votre nom de famille n’est jamais montré.\n\n"
        "Chaque oui finit au bout d’un an. Vous pouvez le retirer quand vous voulez, sans mot de passe et sans raison, par le "
        "lien qui suit votre envoi. Vos coordonnées servent à vous répondre. Elles sont effacées trente jours après notre "
        "réponse, au plus tard six mois après votre message ; si vous dites oui, à la fin de votre oui."
    ),
    (Code.WRITER, "en"): (
        "Who reads: the people at the borough who receive thanks, then the person you thank. We pass your words on even if "
        "you say no everywhere.\n\n"
        "Quoting your words is another question. We may leave out a sentence or hide a name, never add anything: if we change "
        "anything else, we ask you again. Your family name is never shown.\n\n"
        "Each yes ends after a year. You can take it back whenever you like, without a password or a reason, through the "
        "link that follows your message. Your contact details serve to answer you. They are erased thirty days after our "
        "answer, six months after your message at the latest; if you say yes, when your yes ends."
    ),
    (Code.WRITER_ORAL, "fr-ca"): (
        "« Merci, je note vos mots et je vous les relis. Ils seront transmis à la personne. J’ai deux questions, et vous "
        "pouvez dire non à chacune, ou ne rien dire.\n\n"
        "Peut-on citer vos mots parmi nos collègues : sur le mur de l’intranet, dans l’infolettre interne, sur les écrans et "
        "les affiches de nos locaux ? Et en public : sur le site, où les moteurs de recherche pourront les trouver, sur les "
        "écrans et les affiches des lieux publics ? Avec votre prénom et votre quartier, ou sans nom ?\n\n"
        "Chaque oui finit au bout d’un an, et vous pouvez le retirer en nous rappelant avec le numéro que je vous donne. »"
    ),
    (Code.WRITER_ORAL, "en"): (
        "“Thank you, I am writing your words down and will read them back. They will be passed on to the person. I have two "
        "questions; you may say no to each, or say nothing.\n\n"
        "May we quote your words among our colleagues: on the intranet wall, in the staff newsletter, on our own screens "
        "and posters? And in public: on the site, where search engines may find them, on screens and posters in public "
        "places? With your first name and district, or without a name?\n\n"
        "Each yes ends after a year, and you can take it back by calling us with the number I am about to give you.”"
    ),
    (Code.COLLEAGUE, "fr-ca"): (
        "« Juste pour cette personne » : elle seule lit tes mots, dès maintenant. Personne d’autre ne les ouvre, sauf si elle "
        "les signale. Sans courriel ni compte, elle les reçoit sur un billet que quelqu’un imprime. Elle peut les garder, et les "
        "montrer à sa ou son gestionnaire. À une équipe, ils vont dans sa boîte de courriel.\n\n"
        "« Pour le mur aussi » : une personne des communications ou des ressources humaines les lit d’abord, puis les remet. Ils ne "
        "sont cités parmi les collègues, avec ton prénom, que si chaque personne nommée dit oui. Nous pouvons en retirer une "
        "phrase ou masquer un nom, jamais y ajouter : si nous changeons autre chose, nous te redemandons. Ton oui finit au bout "
        "d’un an.\n\n"
        "Tu peux tout reprendre quand tu veux, sans raison, dans « Tes bravos ». Ces mots n’entrent dans aucun dossier des "
        "ressources humaines ni aucune évaluation. Ils sont effacés après deux ans."
    ),
    (Code.COLLEAGUE, "en"): (
        "“Just for them”: they alone read your words, now. Nobody else opens them, unless they report them. Without e-mail or "
        "an account, they get them on a slip that somebody prints. They may keep them, and show them to their manager. To a "
        "team, they go to its mailbox.\n\n"
        "“For the wall too”: somebody from communications or human resources reads them first, then passes them on. They are quoted "
        "among colleagues, with your first name, only if each person named says yes. We may leave out a sentence or hide a "
        "name, never add anything: if we change anything else, we ask you again. Your yes ends after a year.\n\n"
        "You can take everything back whenever you like, without a reason, under “Your bravos”. These words enter no file of "
        "human resources and no appraisal. They are erased after two years."
    ),
    (Code.NAMED, "fr-ca"): (
        "Ces mots sont pour toi, quoi que tu répondes. Ils n’entrent dans aucun dossier d’employé, dans aucune évaluation, et "
        "ta ou ton gestionnaire ne les voit que si tu le veux.\n\n"
        "Les citer est une autre question : dis oui, non, ou rien. Ne rien dire compte comme un non, et personne ne sait qui "
        "a dit non. Chaque oui finit à la date indiquée ; tu peux le retirer quand tu veux, sans raison."
    ),
    (Code.NAMED, "en"): (
        "These words are for you, whatever you answer. They enter no employee file and no appraisal, and your manager sees "
        "them only if you want.\n\n"
        "Quoting them is another question: say yes, no, or nothing. Saying nothing counts as a no, and nobody knows who said "
        "no. Each yes ends on the date shown; you can take it back whenever you like, without a reason."
    ),
    (Code.EMPLOYEE, "fr-ca"): (
        "Qui demande : l’arrondissement, pour sa campagne « Je travaille pour vous ! ». Ce qui est montré : ton prénom, ton "
        "métier, tes mots et ta photo, exactement comme dans les aperçus.\n\n"
        "Tu réponds librement. Dire non, ne pas répondre ou changer d’avis n’a aucun effet sur ton emploi, et ni tes "
        "collègues ni les ressources humaines ne savent qui a dit non.\n\n"
        "Chaque oui vaut pour un seul usage et finit à la date indiquée. Tu peux le retirer quand tu veux, sans donner de "
        "raison. Nous gardons la preuve de tes réponses ; la photo et le texte sont effacés trente jours après ton dernier oui."
    ),
    (Code.EMPLOYEE, "en"): (
        "Who is asking: the borough, for its campaign “Je travaille pour vous !”. What is shown: your first name, your job, "
        "your words and your photo, exactly as in the previews.\n\n"
        "You answer freely. Saying no, not answering or changing your mind has no effect on your job, and neither your "
        "colleagues nor human resources know who said no.\n\n"
        "Each yes holds for one use and ends on the date shown. You can withdraw it whenever you like, without giving a "
        "reason. We keep the proof of your answers; the photo and the text are erased thirty days after your last yes."
    ),
    (Code.RESIDENT, "fr-ca"): (
        "Qui demande : l’arrondissement, pour sa campagne « Je travaille pour vous ! ». Ce qui est montré : votre prénom, vos "
        "mots et votre photo, exactement comme dans les aperçus.\n\n"
        "Vous répondez librement. Dire non, ne pas répondre ou changer d’avis n’a aucun effet sur les services que vous "
        "recevez.\n\n"
        "Chaque oui vaut pour un seul usage et finit à la date indiquée. Vous pouvez le retirer quand vous voulez, sans "
        "donner de raison. Nous gardons la preuve de vos réponses ; la photo et le texte sont effacés trente jours après "
        "votre dernier oui."
    ),
    (Code.RESIDENT, "en"): (
        "Who is asking: the borough, for its campaign “Je travaille pour vous !”. What is shown: your first name, your words "
        "and your photo, exactly as in the previews.\n\n"
        "You answer freely. Saying no, not answering or changing your mind has no effect on the services you receive.\n\n"
        "Each yes holds for one use and ends on the date shown. You can withdraw it whenever you like, without giving a "
        "reason. We keep the proof of your answers; the photo and the text are erased thirty days after your last yes."
    ),
    (Code.GUARDIAN, "fr-ca"): (
        "Qui demande : l’arrondissement, pour sa campagne « Je travaille pour vous ! ». Vous répondez pour une personne que "
        "vous représentez. Avant 14 ans, votre réponse suffit ; de 14 à 17 ans, la sienne est demandée aussi, et un seul non "
        "suffit à ne rien montrer.\n\n"
        "Vous répondez librement, et vous pouvez retirer chaque oui quand vous voulez, sans donner de raison. Ce que vous "
        "acceptez finit le jour de ses 14 ans, puis de ses 18 ans : la personne décide alors elle-même.\n\n"
        "Nous gardons la preuve de vos réponses ; la photo et le texte sont effacés trente jours après le dernier oui."
    ),
    (Code.GUARDIAN, "en"): (
        "Who is asking: the borough, for its campaign “Je travaille pour vous !”. You answer for somebody you represent. "
        "Before 14 your answer is enough; from 14 to 17 theirs is asked too, and a single no is enough to show nothing.\n\n"
        "You answer freely, and you can withdraw each yes whenever you like, without giving a reason. What you accept ends "
        "on the 14th and then on the 18th birthday: the person decides then.\n\n"
        "We keep the proof of your answers; the photo and the text are erased thirty days after the last yes."
    ),
    (Code.ORAL, "fr-ca"): (
        "« Bonjour, je vous appelle au sujet de votre portrait pour la campagne “Je travaille pour vous !”. Avez-vous reçu la "
        "feuille qui montre comment il paraîtrait ? L’avez-vous sous les yeux ?\n\n"
        "Vous êtes libre : un non n’a aucune conséquence, et personne dans votre équipe n’en saura rien. Je vous lis les "
        "usages un à un. Pour chacun, dites oui, non, ou rien : ne rien dire compte comme un non.\n\n"
        "Chaque oui finit à la date indiquée. Vous pouvez le retirer quand vous voulez : le numéro est sur la feuille. "
        "Une deuxième personne confirmera ce que j’ai noté, et vous en recevrez la preuve. »"
    ),
    (Code.ORAL, "en"): (
        "“Hello, I am calling about your portrait for the campaign ‘Je travaille pour vous !’. Have you received the sheet "
        "that shows how it would look? Is it in front of you?\n\n"
        "You are free: a no has no consequence, and nobody in your team will know. I shall read the uses one by one. For "
        "each, say yes, no, or nothing: saying nothing counts as a no.\n\n"
        "Each yes ends on the date shown. You can withdraw it whenever you like: the number is on the sheet. A second "
        "person will confirm what I wrote down, and you will receive the proof.”"
    ),
}


def seed(**kwargs) -> None:
    """Write version 1 where there is no text yet. Runs after each migration."""
    if NoticeText._meta.db_table not in connection.introspection.table_names():
        return  # a migration towards an older state
    for (code, language), body in FIRST.items():
        NoticeText.objects.get_or_create(
            code=code, version=1, language=language, defaults={"body": body, "published_at": EPOCH}
        )


class NotReady(Exception):
    """A text that cannot be put in use: a language is missing, or nothing changed."""


def rows(code: str, version: int) -> dict[str, NoticeText]:
    """Language → text, for one version."""
    return {row.language: row for row in NoticeText.objects.filter(code=code, version=version)}


def upcoming(code: str) -> int:
    """The number of the version that is being written, or would be."""
    used = NoticeText.objects.filter(code=code, published_at__isnull=False).order_by("-version")
    return (used.values_list("version", flat=True).first() or 0) + 1


@transaction.atomic
def write(code: str, bodies: Mapping[str, str]) -> int:
    """Keep a draft of the next version, language by language. Nobody reads it yet. Returns its number."""
    version = upcoming(code)
    for language, body in bodies.items():
        NoticeText.objects.update_or_create(code=code, version=version, language=language, defaults={"body": body})
    return version


@transaction.atomic
def publish(code: str, *, by, at: datetime) -> int:
    """Put the draft in use, in every language at once: from now on it never changes (a trigger holds it), and requests
    already sent keep the one that they were sent with. Returns its number. Raises NotReady."""
    version = upcoming(code)
    drafts = NoticeText.objects.select_for_update().filter(code=code, version=version)
    bodies = dict(drafts.values_list("language", "body"))
    if not all(bodies.get(language, "").strip() for language, _name in settings.LANGUAGES):
        raise NotReady
    if all(row.body == bodies[language] for language, row in rows(code, version - 1).items()) and version > 1:
        raise NotReady
    words = {language: hashlib.sha256(body.encode()).hexdigest() for language, body in sorted(bodies.items())}
    ledger.append("noticed", at=at, notice=f"{code} {version}", words=words, by=ledger.account(by))
    drafts.update(published_at=at)
    return version


def code_for(subject: Subject, recipient: Person | None) -> NoticeText.Code:
    """Which text is read to whoever answers."""
    if recipient is not None or subject.role == Subject.Role.GUARDIAN:
        return Code.GUARDIAN
    return Code.EMPLOYEE if subject.person.kind == Person.Kind.EMPLOYEE else Code.RESIDENT


def current(code: str, *, at: datetime) -> int:
    """The number of the text in use at an instant."""
    rows = NoticeText.objects.filter(code=code, published_at__lte=at).order_by("-version")
    return rows.values_list("version", flat=True).first() or 1


def text(request: ConsentRequest, language: str) -> str:
    """What this request says, in a language; in French when it was never written in that one."""
    rows = NoticeText.objects.filter(code=request.notice_code, version=request.notice)
    found = dict(rows.values_list("language", "body"))
    return found.get(language) or found.get(settings.LANGUAGE_CODE, "")


def now(code: str, language: str, *, at: datetime) -> str:
    """The text in use at an instant, in a language or else in French."""
    rows = NoticeText.objects.filter(code=code, version=current(code, at=at))
    found = dict(rows.values_list("language", "body"))
    return found.get(language) or found.get(settings.LANGUAGE_CODE, "")


def script(language: str, *, at: datetime) -> tuple[int, str]:
    """What is read aloud on the telephone or at a counter: its number and its text, in a language or else in French."""
    version = current(Code.ORAL, at=at)
    found = dict(NoticeText.objects.filter(code=Code.ORAL, version=version).values_list("language", "body"))
    return version, found.get(language) or found.get(settings.LANGUAGE_CODE, "")


def words_sha256(request: ConsentRequest, usage: Usage, language: str) -> str:
    """The hash of the notice and of the usage's own sentences, as they were read in this language."""
    promise = PROMISES[usage]
    with translation.override(language):
        said = [text(request, language), str(usage.label), str(promise.seen_by), str(promise.withdrawal)]
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
