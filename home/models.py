"""The pages of the public site, and the pictures without people."""

from collections.abc import Sequence

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import models
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page

from home import addresses, arrange, keep, show
from portraits import brand, framing, gate
from portraits.bandeau import bandeau
from portraits.capsule import Quote
from portraits.usages import Usage


class Illustration(AbstractImage):
    """A picture without people. Wagtail's image admin shows it; its renditions carry their own address."""

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("illustration")
        verbose_name_plural = _("illustrations")
        permissions = [("choose_illustration", "Can choose illustration")]

    def generate_rendition_file(self, filter, *, source=None):
        """As Wagtail does, without leaving its temporary file open."""
        made = super().generate_rendition_file(filter, source=source)
        with made.file as temporary:
            temporary.seek(0)
            return ContentFile(temporary.read(), name=made.name)


class IllustrationRendition(AbstractRendition):
    image = models.ForeignKey(Illustration, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition")
        ]

    @property
    def url(self):
        return reverse("illustration", args=[self.pk])  # the default storage has no URL


class HomePage(RoutablePageMixin, Page):
    """The article that gathers all capsules, with a routed page per capsule. One per language."""

    intro_title = models.CharField(
        _("title of the introduction"),
        max_length=120,
        default="Derrière chaque rue déneigée, chaque livre rangé, chaque arbre planté, il y a un prénom.",
        help_text=_("One sentence under the slogan, set very large. It says why these faces are here."),
    )
    intro_text = models.TextField(
        _("introduction"),
        max_length=600,
        default=(
            "Les personnes qui travaillent à l’arrondissement racontent leur métier, en quelques lignes, à la première "
            "personne. Les photos sont prises sur leur lieu de travail. Les mots sont les leurs."
        ),
        help_text=_(
            "Two or three plain sentences. A blank line starts a paragraph. No number of portraits: it changes."
        ),
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("intro_title"), FieldPanel("intro_text")], heading=_("Introduction")),
    ]
    promote_panels = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("Search engines"))
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = []
    max_count = len(settings.LANGUAGES)

    class Meta:
        verbose_name = _("article of all faces")
        verbose_name_plural = _("articles of all faces")

    @cached_property
    def languages(self) -> dict[int, str]:
        """The languages in which the article is published, by page. One query."""
        pages = HomePage.objects.live().filter(translation_key=self.translation_key).select_related("locale")
        return {page.pk: page.locale.language_code for page in pages}

    @property
    def language(self) -> str:
        return self.languages.get(self.pk) or self.locale.language_code

    @property
    def other_language(self) -> str:
        """The language of the other published article, "" when there is none."""
        return next((language for pk, language in self.languages.items() if pk != self.pk), "")

    def route(self, request, path_components):
        """Without a page in the asked language Wagtail hands over the French one: say 404 instead of mixing the two."""
        if self.language != translation.get_language():
            raise Http404
        return super().route(request, path_components)

    @path("")
    def article(self, request):
        at = timezone.now()
        capsules = gate.capsules(Usage.SITE, at=at, language=self.language)
        found = gate.capsules(Usage.INDEXATION, at=at, language=self.language)
        quotes = arrange.few(gate.quotes(Usage.SITE, at=at, language=self.language, most=arrange.LOOKED_AT))
        words = self._found_words(quotes, at)
        noindex = not (show.all_found(capsules, found) and show.all_found(quotes, words))
        context = {
            "steps": arrange.steps(capsules),
            "bands": arrange.bands(capsules),
            "quotes": quotes,
            "slogan": bandeau(self.language),
            "editions": arrange.editions(framing.frames(at=at, languages=[self.language]), capsules),
            "noindex": noindex,
        }
        response = self.render(request, template="home/article.html", context_overrides=context)
        return self._kept(response, [*found, *words], framing.next_boundary(at=at), at=at, noindex=noindex)

    @path("portraits/<slug:slug>/")
    def portrait(self, request, slug):
        at = timezone.now()
        capsules = gate.capsules(Usage.SITE, at=at)
        before, capsule, after = show.neighbours([one for one in capsules if one.language == self.language], slug)
        if capsule is None:
            return self._absent(request, slug, at)
        found = gate.capsules(Usage.INDEXATION, at=at, version=capsule.version)
        quotes = gate.quotes(Usage.SITE, at=at, beside=capsule.version, most=show.QUOTES)
        words = self._found_words(quotes, at)
        noindex = not (found and show.all_found(quotes, words))
        speaker = brand.current()
        context = {
            "capsule": capsule,
            "quotes": quotes,
            "before": before,
            "after": after,
            "brand": speaker,
            "head": show.head(capsule, speaker),
            "other": show.twin(capsule, capsules, self.other_language),
            "noindex": noindex,
            "thanks": reverse("merci-a", args=[capsule.slug]),
        }
        return self._kept(
            TemplateResponse(request, "home/capsule.html", context), [*found, *words], at=at, noindex=noindex
        )

    def _found_words(self, quotes: Sequence[Quote], at) -> list[Quote]:
        """Those that search engines may find too: their writer and whoever they name answered for engines. One query, if any."""
        return gate.quotes(Usage.INDEXATION, at=at, keys=[quote.key for quote in quotes]) if quotes else []

    @path("editions/<slug:slug>/")
    def edition(self, request, slug):
        """A special edition on its days, as long as somebody is in it: 404 before, 410 after."""
        at = timezone.now()
        frames = framing.frames(at=at, languages=[one for one in (self.language, self.other_language) if one])
        mine = {one.language: one for one in frames if one.slug == slug}
        capsules = gate.capsules(Usage.SITE, at=at, keys=[key for one in mine.values() for key in one.keys])
        shown = {language: one.among(capsules) for language, one in mine.items()}
        if not (here := shown.get(self.language)):
            if not framing.is_over(slug, at=at, language=self.language):
                raise Http404
            return show.gone(request, back=addresses.home(self.language), template="home/edition_over.html")
        found = gate.capsules(Usage.INDEXATION, at=at, keys=[capsule.key for capsule in here])
        context = {
            "page": self,
            "frame": mine[self.language],
            "steps": arrange.steps(here),
            "bands": arrange.bands(here),
            "other": bool(shown.get(self.other_language)),
            "noindex": not show.all_found(here, found),
        }
        response = TemplateResponse(request, "home/edition.html", context)
        return self._kept(response, found, framing.next_boundary(at=at), at=at, noindex=context["noindex"])

    def _kept(self, response, found, *turns, at, noindex: bool) -> HttpResponse:
        """`found`: the capsules and words that search engines may list; the first end among them changes this answer too, and so do
        `turns`, at which an edition begins or ends."""
        if noindex:
            keep.away(response)
        ends = [*turns, *(capsule.until for capsule in found)]
        return keep.public(response, gate.next_boundary(Usage.SITE, at=at), *ends, at=at)

    def _absent(self, request, slug, at) -> HttpResponse:
        if not gate.was_shown(Usage.SITE, slug, at=at, language=self.language):
            raise Http404
        return show.gone(request, back=addresses.home(self.language))

    def serve_preview(self, request, mode_name):
        """The draft texts around the faces that may be shown now, in the page's language, kept by nobody."""
        request.is_preview = True
        with translation.override(self.language):
            response = self.article(request).render()
        response["Cache-Control"] = "no-store"
        return response


class Post(models.Model):
    """One post of a portrait on a network: what was posted where, by whom, since when.

    `portrait` and `version` are keys that only the gate understands. Whether the post may stay is computed, never stored.
    """

    class Network(models.TextChoices):
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        LINKEDIN = "linkedin", "LinkedIn"
        OTHER = "other", _("Other network")

    portrait = models.PositiveBigIntegerField(
        _("portrait"), help_text=_("Only portraits whose people said yes to social networks can be posted.")
    )
    network = models.CharField(_("network"), max_length=12, choices=Network, help_text=_("Where the image was posted."))
    address = models.CharField(
        _("address of the post"),
        max_length=500,
        unique=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("Open the post and copy its address here: it is how it is found again on the day it must go."),
        error_messages={"unique": _("This post is on the list already.")},
    )
    version = models.PositiveBigIntegerField(editable=False)
    language = models.CharField(max_length=10, editable=False)
    posted_at = models.DateTimeField(_("posted on"), editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("posted by")
    )
    removed_at = models.DateTimeField(_("removed on"), null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("removed by"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self):
        return f"{self.get_network_display()} · {self.address}"

    @property
    def locator(self) -> str:
        """How the record of exposures names this post."""
        return f"post:{self.pk}"
