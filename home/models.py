"""The pages of the public site, and the pictures without people."""

from django.conf import settings
from django.db import models
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page

from home import addresses, arrange, keep, show
from portraits import brand, gate
from portraits.bandeau import bandeau
from portraits.usages import Usage


class Illustration(AbstractImage):
    """A picture without people. Wagtail's image admin shows it; its renditions carry their own address."""

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("illustration")
        verbose_name_plural = _("illustrations")


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

    @property
    def language(self) -> str:
        return self.locale.language_code

    def other_language(self) -> str:
        """The language of the page's live translation, "" when there is none."""
        pages = self.get_translations().live().select_related("locale")
        return next((page.locale.language_code for page in pages), "")

    def route(self, request, path_components):
        """Without a page in the asked language Wagtail hands over the French one: say 404 instead of mixing the two."""
        if self.language != translation.get_language():
            raise Http404
        return super().route(request, path_components)

    @path("")
    def article(self, request):
        at = timezone.now()
        capsules = gate.capsules(Usage.SITE, at=at, language=self.language)
        found = {capsule.version for capsule in gate.capsules(Usage.INDEXATION, at=at, language=self.language)}
        context = {
            "steps": arrange.steps(capsules),
            "bands": arrange.bands(capsules),
            "slogan": bandeau(self.language),
            "other_language": self.other_language(),
            "noindex": any(capsule.version not in found for capsule in capsules),
        }
        response = self.render(request, template="home/article.html", context_overrides=context)
        return self._kept(response, at, noindex=context["noindex"])

    @path("portraits/<slug:slug>/")
    def portrait(self, request, slug):
        at = timezone.now()
        everyone = gate.capsules(Usage.SITE, at=at, language=self.language)
        before, capsule, after = show.neighbours(everyone, slug)
        if capsule is None:
            return self._absent(request, slug, at)
        noindex = not gate.capsules(Usage.INDEXATION, at=at, version=capsule.version)
        other = self.other_language()
        context = {
            "capsule": capsule,
            "before": before,
            "after": after,
            "brand": (speaker := brand.current()),
            "head": show.head(capsule, speaker),
            "other": show.twin(capsule, other, at=at) if other else None,
            "noindex": noindex,
        }
        return self._kept(TemplateResponse(request, "home/capsule.html", context), at, noindex=noindex)

    def _kept(self, response, at, *, noindex: bool) -> HttpResponse:
        if noindex:
            keep.away(response)
        return keep.public(response, Usage.SITE, Usage.INDEXATION, at=at)

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
