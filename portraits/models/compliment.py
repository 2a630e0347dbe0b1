"""Kind words: what came in, from wherever it came, and what was done with it. The words shown are a Version's, as a
portrait's are; the original never changes (a trigger holds it) and is shown nowhere."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portraits.models.person import Person
from portraits.usages import Audience

LONGEST = 2000  # characters of a message
SUSPECT = 3  # signs of a robot from which a message waits on the shelf, unless a human says otherwise
LETTERS = "23456789BCDFGHJKMNPQRTVWXYZ"  # of a reference read aloud: no vowel makes a word, none looks like another


def reference() -> str:
    """« MK4T-7QXB »: what somebody quotes on the telephone. 27 to the 8th: guessing one is no use, it opens nothing."""
    one = "".join(secrets.choice(LETTERS) for _letter in range(8))
    return f"{one[:4]}-{one[4:]}"


def quarantined(compliment=None, name="") -> str:
    """No name, no order, no guess: 128 random bits."""
    return f"merci/{secrets.token_hex(16)}.jpg"


class Team(models.Model):
    """A team of the borough, as residents may name it and as its own mailbox receives thanks."""

    name = models.CharField(_("name"), max_length=80, unique=True, help_text=_("As residents say it: « Parcs »."))
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, help_text=_("For the English form."))
    email = models.EmailField(
        _("e-mail of the team"), blank=True, help_text=_("Thanks to the whole team go there. Empty: a slip is printed.")
    )
    active = models.BooleanField(_("in use"), default=True, help_text=_("Proposed to residents and on every form."))

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self):
        return self.name


class Spot(models.Model):
    """Where residents and employees meet: a park, a library, a counter, a street."""

    name = models.CharField(_("name"), max_length=80, unique=True, help_text=_("« Parc Angrignon », « Bibliothèque »…"))
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, help_text=_("For the English form."))
    active = models.BooleanField(_("in use"), default=True, help_text=_("Proposed to residents and on every form."))

    class Meta:
        ordering = ["name"]
        verbose_name = _("spot")
        verbose_name_plural = _("spots")

    def __str__(self):
        return self.name


class Happening(models.Model):
    """What several people wrote about: one evening, one place. Groups only; each keeps their words, their thanks and their
    answer."""

    label = models.CharField(_("what happened"), max_length=80, help_text=_("« Le bal du 21 juin »"))
    on = models.DateField(_("day"), null=True, blank=True, help_text=_("Empty when it lasted."))
    spot = models.ForeignKey(Spot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("spot"))

    def __str__(self):
        return self.label


class Compliments(models.QuerySet):
    def readable(self):
        """What moderators may read: all but what a colleague wrote for one person, or one team, alone, and what its writer
        took back; unless its person reported it."""
        return self.filter(Q(private=False, removed_at=None) | Q(reported_at__isnull=False))


class Compliment(models.Model):
    """One message of thanks, from one person. `across` is what its Versions, the ledger and the door know it by.

    `writer` is a Person of their own (Person.Kind.WRITER, in no directory), or a colleague. `colleagues` and `public` are
    what the writer answered about being quoted, "" when nothing: they become consents when words are passed on.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("Public form")
        PHONE = "phone", _("Telephone (311)")
        COUNTER = "counter", _("Counter")
        PAPER = "paper", _("Paper")
        MAIL = "mail", _("E-mail")
        FACEBOOK = "facebook", _("Facebook")
        INSTAGRAM = "instagram", _("Instagram")
        COLLEAGUE = "colleague", _("A colleague")

    class Stage(models.TextChoices):
        RECEIVED = "received", _("received")
        TRIAGED = "triaged", _("sorted")
        PASSED_ON = "passed_on", _("passed on")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    class Kind(models.TextChoices):
        COMPLIMENT = "compliment", _("Kind words")
        MIXED = "mixed", _("Kind words and a criticism")
        COMPLAINT = "complaint", _("A criticism or a request")
        OFF_TOPIC = "off_topic", _("Something else")
        SPAM = "spam", _("Unwanted")

    class Signature(models.TextChoices):
        ANONYMOUS = "anonymous", _("Anonymous")
        FIRST_NAME = "first_name", _("First name and district")

    SOCIAL = (Channel.FACEBOOK, Channel.INSTAGRAM)
    WRITTEN_BY_STAFF = (Channel.PHONE, Channel.COUNTER, Channel.PAPER, Channel.MAIL)

    across = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=9, default=reference, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    external_ref = models.CharField(
        _("number elsewhere"),
        max_length=120,
        blank=True,
        help_text=_("The 311 request, or the address of the comment."),
    )
    received_at = models.DateTimeField(_("received"))
    happened_on = models.DateField(_("day"), null=True, blank=True, help_text=_("When it happened, if it is known."))
    spot = models.ForeignKey(
        Spot,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("where"),
        help_text=_("From the list."),
    )
    elsewhere = models.CharField(
        _("where, in other words"), max_length=120, blank=True, help_text=_("When the place is not in the list.")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"), help_text=_("If known.")
    )
    to_whom = models.CharField(
        _("to whom"), max_length=80, blank=True, help_text=_("A first name, a job, as the person said it.")
    )
    portrait = models.ForeignKey(
        "portraits.Portrait",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from the portrait"),
    )
    original = models.TextField(_("message"), max_length=LONGEST)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="fr-ca")

    writer = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    signature = models.CharField(_("signed"), max_length=10, choices=Signature, default=Signature.ANONYMOUS)
    district = models.CharField(_("district"), max_length=60, blank=True, help_text=_("Beside the first name, if any."))
    colleagues = models.CharField(_("quoted among colleagues"), max_length=3, blank=True)
    public = models.CharField(_("quoted in public"), max_length=3, blank=True)
    said_by = models.CharField(max_length=12, blank=True)  # Consent.Method: how we know that the writer answered so
    notice = models.PositiveSmallIntegerField(default=1)  # the number of the text, or of the script, they answered
    contact_key = models.CharField(max_length=64, blank=True)

    attachment = models.FileField(_("photo"), upload_to=quarantined, blank=True)
    suspicion = models.PositiveSmallIntegerField(default=0)

    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.RECEIVED)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    triaged_at = models.DateTimeField(null=True, blank=True)
    triaged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    passed_on_at = models.DateTimeField(null=True, blank=True)
    passed_on_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    for_team = models.BooleanField(default=False)  # passed on to the whole of it: nobody is named
    team_told_at = models.DateTimeField(null=True, blank=True)  # it was mailed, or given a slip
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    handed_to = models.CharField(
        _("handed to"), max_length=80, blank=True, help_text=_("Where a criticism went, and its number there.")
    )
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="again")
    happening = models.ForeignKey(Happening, models.PROTECT, null=True, blank=True, related_name="compliments")
    erased_at = models.DateTimeField(null=True, blank=True)
    known_as = models.CharField(max_length=64, blank=True, default="", db_index=True)  # once erased: inbox.known_as

    # of a colleague's bravo
    private = models.BooleanField(default=False)  # for whom it is alone: brought at once, read by no moderator
    chosen = models.ForeignKey("portraits.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)  # its person asks moderators to read it
    removed_at = models.DateTimeField(null=True, blank=True)  # its writer took it back, or a moderator did

    objects = Compliments.as_manager()
    # « Usage » of a place or a team lists no message, and none pays for it as it comes
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("compliment")
        verbose_name_plural = _("compliments")
        permissions = [("work_inbox", _("Read and work the inbox of compliments"))]
        indexes = [
            models.Index(fields=["spot", "received_at"]),
            models.Index(fields=["contact_key", "received_at"]),
            models.Index(fields=["stage", "suspicion", "received_at"]),
            models.Index(fields=["received_at"]),
            models.Index(fields=["passed_on_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_ref"], condition=~Q(external_ref=""), name="one_compliment_per_reference"
            )
        ]

    def __str__(self):
        return self.reference

    @property
    def unread(self) -> str:
        """The reference by which whoever received it may have it read, when no moderator has; else ""."""
        return self.reference if self.private and self.reported_at is None else ""

    def wished(self, audience: Audience) -> str:
        """What the writer answered about being quoted: "yes", "no" or ""."""
        return getattr(self, audience.value)


class Named(models.Model):
    """Somebody whom the words are for, once a human confirmed it."""

    compliment = models.ForeignKey(Compliment, models.PROTECT, related_name="named")
    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # the mail was written, or the slip was printed; null: to be printed
    put_away_at = models.DateTimeField(null=True)  # the person took them off their own page

    class Meta:
        constraints = [models.UniqueConstraint(fields=["compliment", "person"], name="named_once")]

    def __str__(self):
        return f"named {self.pk}"


class Wording(models.Model):
    """The words as a moderator would pass them on, with why they differ from the original. Append-only: the last one
    stands."""

    compliment = models.ForeignKey(Compliment, models.PROTECT, related_name="wordings")
    text = models.TextField(_("words passed on"), max_length=LONGEST)
    reason = models.CharField(_("why"), max_length=200, blank=True, help_text=_("What was left out, and why."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"wording {self.pk}"


class ReplyTemplate(models.Model):
    """An answer that somebody starts from: one theme, one language. `{prénom}` and the like are filled in."""

    theme = models.CharField(_("theme"), max_length=60, help_text=_("« Merci général », « Déneigement »…"))
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="fr-ca", help_text=_("Of the answer.")
    )
    body = models.TextField(
        _("answer"),
        max_length=2000,
        help_text=_("{first_name}, {team}, {where} and {date} are replaced; what is unknown leaves no hole."),
    )

    class Meta:
        ordering = ["theme", "language"]
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        constraints = [
            models.UniqueConstraint(fields=["theme", "language"], name="one_template_per_theme_and_language")
        ]

    def __str__(self):
        return f"{self.theme} ({self.language})"


class Reply(models.Model):
    """What was answered to the writer. The mail itself is a row of the mailbox; a call or a letter is noted here too."""

    compliment = models.ForeignKey(Compliment, models.PROTECT, related_name="replies")
    text = models.TextField(_("answer"), max_length=3000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    sent = models.BooleanField(default=True)  # by e-mail; else said, or posted

    def __str__(self):
        return f"reply {self.pk}"


class StandingAnswer(models.Model):
    """What somebody answers, once and for all, when kind words name them: for one audience. No row is « ask me »."""

    class Answer(models.TextChoices):
        ALWAYS = "always", _("Always")
        NEVER = "never", _("Never")

    person = models.ForeignKey(Person, models.PROTECT, related_name="standing_answers")
    audience = models.CharField(max_length=10, choices=Audience)
    answer = models.CharField(max_length=6, choices=Answer)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "audience"], name="one_standing_answer")]

    def __str__(self):
        return f"{self.audience} {self.answer}"
