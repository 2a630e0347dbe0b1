from django.db import models
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.models import (
    DraftStateMixin,
    Locale,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)

from portraits import previews
from portraits.bandeau import bandeau
from portraits.capsule import Capsule
from portraits.fingerprint import fingerprint
from portraits.models.version import Subject
from portraits.usages import Usage


class PortraitTag(TaggedItemBase):
    content_object = ParentalKey("portraits.Portrait", related_name="tagged_items", on_delete=models.CASCADE)


class Portrait(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, TranslatableMixin, ClusterableModel
):
    """The desk. Whatever Wagtail writes here (draft, autosave, publication, revert) changes nothing that is shown."""

    first_name = models.CharField(
        _("first name"), max_length=18, help_text=_("First name alone, never the family name.")
    )
    job = models.CharField(
        _("job"),
        max_length=40,
        blank=True,
        help_text=_("In everyday words, no acronym. The person chooses their title."),
    )
    sentence = models.CharField(
        _("sentence"),
        max_length=90,
        blank=True,
        help_text=_("Starts with « Je ». One precise fact; it goes on the screens."),
    )
    story = models.TextField(
        _("« je » text"),
        max_length=1200,
        blank=True,
        help_text=_(
            "80 to 120 words in the present tense, one concrete detail per paragraph. A blank line starts a paragraph."
        ),
    )
    photo = models.ForeignKey(
        "portraits.Photo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("photo"),
        help_text=_("One face, looking at us, where the person works."),
    )
    alt = models.CharField(
        _("description of the photo"),
        max_length=120,
        blank=True,
        help_text=_("For people who do not see it: who, clothes or place, expression. Never « photo of »."),
    )
    partner_name = models.CharField(
        _("paired resident"),
        max_length=10,
        blank=True,
        help_text=_("First name painted on the bandeau: « Je travaille pour vous… Morris ! ». Leave empty for nobody."),
    )
    partner_photo = models.ForeignKey(
        "portraits.Photo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("photo of the resident"),
        help_text=_("Only with a paired resident; shown beside the first one."),
    )
    partner_alt = models.CharField(
        _("description of the second photo"), max_length=120, blank=True, help_text=_("Same rules as the first one.")
    )
    live = models.BooleanField(default=False, editable=False)  # DraftStateMixin's default is True
    tags = ClusterTaggableManager(
        through=PortraitTag,
        blank=True,
        verbose_name=_("themes"),
        help_text=_("A few words that group portraits, separated by commas."),
    )

    preview_modes = [
        (Usage.SITE.value, _("Public site")),
        (Usage.INFOLETTRE.value, _("Staff newsletter")),
        (Usage.ECRAN.value, _("Kitchen screens")),
        (Usage.AFFICHE.value, _("Printed posters")),
        (Usage.SOCIAL.value, Usage.SOCIAL.label),
        (Usage.VITRINE.value, Usage.VITRINE.label),
    ]

    class Meta(TranslatableMixin.Meta):
        permissions = [("see_as_of", _("See what was or will be shown at a date"))]
        verbose_name = _("portrait")
        verbose_name_plural = _("portraits")

    def __str__(self):
        if not self.first_name:  # nobody can save one without: its time is over (portraits/erasing.py)
            return pgettext("portrait", "erased")
        return f"{self.first_name} · {self.job}" if self.job else self.first_name

    @property
    def across(self):
        """The same for one portrait in every language: what the ledger, Versions and receipts know it by."""
        return self.translation_key

    def content(self) -> dict:
        """Everything that can be seen, pictures' bytes apart: what « ask » freezes and the fingerprint covers."""
        language = self.locale.language_code
        return {
            "language": language,
            "first_name": self.first_name.strip(),
            "job": self.job.strip(),
            "sentence": self.sentence.strip(),
            "story": [part.strip() for part in self.story.replace("\r\n", "\n").split("\n\n") if part.strip()],
            "bandeau": list(bandeau(language, self.partner_name.strip())),
            "partner_name": self.partner_name.strip(),
            "alt": self.alt.strip(),
            "crop": self.photo.crop if self.photo else None,
            "partner_alt": self.partner_alt.strip() if self.partner_photo else "",
            "partner_crop": self.partner_photo.crop if self.partner_photo else None,
        }

    def fingerprint(self) -> str:
        """Computed, never stored on the row: save_revision() saves the draft's values of the fields it lists."""
        photos = [photo.sha256 for photo in (self.photo, self.partner_photo) if photo]
        return fingerprint(self.content(), photos)

    def people(self) -> dict:
        """Person id → role, each once, the first row winning."""
        roles = {}
        for row in self.subjects.all():
            roles.setdefault(row.person_id, row.role)
        return roles

    def missing(self) -> list[str]:
        """What must be filled before anyone can be asked, in the reader's language."""
        lacks = [
            str(self._meta.get_field(name).verbose_name)
            for name in ("job", "sentence", "story", "photo", "alt")
            if not getattr(self, name)
        ]
        if self.partner_photo and not self.partner_alt:
            lacks.append(str(self._meta.get_field("partner_alt").verbose_name))
        roles = self.people().values()
        if Subject.Role.MAIN not in roles:
            lacks.append(gettext("the person in the portrait"))
        if (self.partner_name or self.partner_photo) and Subject.Role.PAIRED not in roles:
            lacks.append(gettext("the paired resident, among the people"))
        return lacks

    def draft_capsule(self) -> Capsule:
        """The desk as a channel would receive it, for previews. Its pictures answer to signed-in editors only."""
        photos = (self.photo, self.partner_photo)
        bases = [f"/admin/photos/{photo.pk if photo else 0}/" for photo in photos]  # 0 answers a neutral picture
        return Capsule.of(
            self.content(),
            bases=bases,
            files=[photo and photo.stored for photo in photos],
            key=self.pk or 0,
            version=0,
            slug="apercu",
            fingerprint=self.fingerprint(),
        )

    def serve_preview(self, request, mode):
        """One channel's own rendering of the desk, in the portrait's language (previews run on path « / », hence in French)."""
        if self.locale_id is None:  # a form not yet saved, seen from « add »
            self.locale = Locale.get_default()
        known = mode in dict(self.preview_modes)
        return previews.show(self, Usage(mode if known else self.default_preview_mode))


class DraftSubject(Orderable):
    """Who is on the desk's picture. Nothing may point here: a child of a live snippet exists only in revision JSON."""

    portrait = ParentalKey(Portrait, on_delete=models.CASCADE, related_name="subjects")
    person = models.ForeignKey(
        "portraits.Person",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Everybody who can be recognised. Each one is asked; one missing yes is enough to show nothing."),
    )
    role = models.CharField(
        _("role"),
        max_length=12,
        choices=[
            (Subject.Role.MAIN, _("The portrait")),
            (Subject.Role.PAIRED, _("Paired resident")),
            (Subject.Role.BACKGROUND, _("In the background")),
        ],
        default=Subject.Role.MAIN,
        help_text=_("Their place in the picture."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("person in the picture")
        verbose_name_plural = _("people in the picture")
