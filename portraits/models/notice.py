from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeText(models.Model):
    """What a person must be told before answering, in one language. Once published it never changes (a trigger holds it):
    a new wording is a new version, in every language at once."""

    class Code(models.TextChoices):
        EMPLOYEE = "employee", _("To an employee")
        RESIDENT = "resident", _("To a resident")
        GUARDIAN = "guardian", _("To whoever answers for a minor")
        ORAL = "oral", _("Script read on the telephone or at a counter")
        WRITER = "writer", _("To whoever writes kind words")
        NAMED = "named", _("To whoever kind words are for")
        COLLEAGUE = "colleague", _("To a colleague who says bravo")
        WRITER_ORAL = "writer_oral", _("Script read to whoever says kind words")

    code = models.CharField(_("for whom"), max_length=20, choices=Code, help_text=_("Who reads or hears this text."))
    version = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, help_text=_("The language of this text.")
    )
    body = models.TextField(
        _("text"), max_length=3000, help_text=_("Plain words; an empty line starts a paragraph. Have counsel read it.")
    )
    published_at = models.DateTimeField(_("in use since"), null=True)

    class Meta:
        ordering = ["code", "-version", "language"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version", "language"], name="one_notice_per_version_and_language")
        ]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self):
        return f"{self.get_code_display()} · {self.version} · {self.language}"
