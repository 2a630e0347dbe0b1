"""The desk of an issue, the staff list, and the deliveries that an issue owes."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField
from wagtail.locks import BaseLock
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin

from infolettre.blocks import body_blocks
from infolettre.views.preview import preview
from portraits import framing
from portraits.duty import Duty


class Gone(BaseLock):
    """An issue that left is what people received: nobody edits it any more."""

    def for_user(self, user):
        return True

    def get_message(self, user):
        return gettext("This issue has left. What people received is kept as it was.")

    def get_locked_by(self, user):
        return gettext("Sent")


class Infolettre(DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """One issue for staff. The fields are the desk; `composition` is what left, frozen when sending starts.

    A composition holds words and keys, never a face: who may be shown is asked of the gate at each delivery.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")

    number = models.PositiveIntegerField(
        _("number"), unique=True, editable=False, help_text=_("Given by itself, one after the other.")
    )
    title = models.CharField(
        _("subject"),
        max_length=90,
        help_text=_("The subject of the mail. Aim at 45 characters: a name, and something that happened."),
    )
    preheader = models.CharField(
        _("preview line"),
        max_length=90,
        blank=True,
        help_text=_("What mailboxes show after the subject. It goes on with it, never repeats it."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default="fr-ca",
        help_text=_("Of the words around the portraits. Each portrait keeps its own."),
    )
    body = StreamField(
        body_blocks(),
        blank=True,
        verbose_name=_("content"),
        help_text=_(
            "A large portrait first, then a text, then portraits two by two: eight portraits at most read well."
        ),
    )
    live = models.BooleanField(default=False, editable=False)  # an issue is sent, never published
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    composition = models.JSONField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, editable=False)

    panels = [
        FieldRowPanel([FieldPanel("number", read_only=True), FieldPanel("language")]),
        FieldPanel("title"),
        FieldPanel("preheader"),
        FieldPanel("body"),
    ]
    preview_modes = [("html", _("Mail")), ("text", _("Mail, plain text"))]

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-number"]

    def __str__(self):
        return f"{self.number} · {self.title}" if self.number else self.title

    def save(self, *args, **kwargs):
        if self.number:
            return super().save(*args, **kwargs)
        for last in (False, False, True):
            self.number = (Infolettre.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)
            except IntegrityError:  # somebody else took this number at the same instant
                if last:
                    raise
        return None

    def with_content_json(self, content):
        """A revision is words only: whatever it remembers, the issue's number and what left stay as they are."""
        issue = super().with_content_json(content)
        for name in ("number", "state", "composition", "started_at", "started_by_id", "sent_at"):
            setattr(issue, name, getattr(self, name))
        return issue

    def get_lock(self):
        return super().get_lock() if self.state == self.State.DRAFT else Gone(self)

    def composed(self) -> dict:
        """Words and keys: what left, or what the desk holds now."""
        return self.composition or {
            "title": self.title.strip(),
            "preheader": self.preheader.strip(),
            "language": self.language,
            "blocks": [_plain(block, self.language) for block in self.body],
        }

    def serve_preview(self, request, mode):
        """What would leave now: portraits without a living consent are already missing."""
        return preview(self, mode or "html")


def _plain(block, language: str) -> dict:
    """One block of the body as words and keys. An edition's come from its frame, as it is now."""
    if block.block_type == "feature":
        return {"kind": "feature", "keys": [block.value]}
    if block.block_type == "shorts":
        return {"kind": "shorts", "keys": list(block.value)}
    if block.block_type == "quotes":
        return {"kind": "quotes", "heading": block.value["heading"].strip(), "most": block.value["most"]}
    if block.block_type == "edition":
        frame = framing.frame(block.value, at=timezone.now(), language=language)
        words = (frame.title, list(frame.introduction), frame.colour) if frame else ("", [], "")
        known = dict(zip(("heading", "paragraphs", "colour"), words, strict=True))
        return {"kind": "edition", **known, "keys": list(frame.keys) if frame else []}
    words = block.value["words"].replace("\r\n", "\n")
    return {
        "kind": "text",
        "heading": block.value["heading"].strip(),
        "paragraphs": [" ".join(part.split()) for part in words.split("\n\n") if part.strip()],
        "link_text": block.value["link_text"],
        "link": block.value["link"],
    }


class Subscriber(models.Model):
    """Somebody on the staff list."""

    email = models.EmailField(_("e-mail"), unique=True, help_text=_("One person, one address; capitals do not count."))
    first_name = models.CharField(
        _("first name"), max_length=40, blank=True, help_text=_("Used in the greeting. Leave empty if unknown.")
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default="fr-ca",
        help_text=_("In which the unsubscribe page speaks to this person."),
    )
    active = models.BooleanField(
        _("receives the newsletter"), default=True, help_text=_("Unticked when the person unsubscribes or leaves.")
    )

    panels = [FieldPanel("email"), FieldPanel("first_name"), FieldPanel("language"), FieldPanel("active")]

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["email"]
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="subscriber_email_lower")]

    def __str__(self):
        return self.email

    def save(self, *args, **kwargs):
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def clean(self):
        self.email = self.email.strip().lower()


class Delivery(Duty):
    """One issue for one address, at most once. `begun_at` is written just before the body is handed to the server: a
    row found claimed with it, its worker gone, may have arrived. It is then uncertain, and never sent again by itself.
    Once forgotten (infolettre/forget.py), its address is its own number at FORGOTTEN."""

    FORGOTTEN = "@oubli.invalid"

    issue = models.ForeignKey(Infolettre, models.PROTECT, related_name="deliveries")
    address = models.EmailField()
    first_name = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)

    class Meta(Duty.Meta):
        constraints = [models.UniqueConstraint(fields=["issue", "address"], name="one_delivery_per_address")]

    def __str__(self):
        return f"delivery {self.pk} {self.state}"

    @property
    def to(self) -> str:
        """The address, empty once forgotten."""
        return "" if self.address.endswith(self.FORGOTTEN) else self.address
