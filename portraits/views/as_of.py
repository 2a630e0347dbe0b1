"""« Voir au… »: what a channel showed, or will show, at an instant. Whoever may no longer be shown now is a silhouette,
and kind words that may no longer be quoted a blank block.

The past is asked of the gate like the present. Faces and words come out only for what the gate still shows at this very
minute: a date in a form is no way round a withdrawal.
"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import crops, gate
from portraits.capsule import Capsule
from portraits.usages import Usage
from portraits.views.photos import UNSEEN

SPEC, TYPE = "p400", "webp"
PAGE = 48  # people
WORDS = 24  # kind words


def may(user) -> bool:
    """Who reads portraits and was given this view (intranet.roles)."""
    return user.has_perms(("portraits.view_portrait", "portraits.see_as_of"))


class AsOfForm(forms.Form):
    """An instant, in local time, and a usage."""

    at = forms.DateTimeField(
        label=_("On"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write a date and a time, for example 2026-12-24 08:00.")},
    )
    usage = forms.TypedChoiceField(label=_("Where"), choices=Usage.choices, coerce=Usage)

    def clean_at(self):
        at = self.cleaned_data["at"]
        if not 2000 <= at.year <= 2100:
            raise forms.ValidationError(_("Choose a year from 2000 to 2100."))
        return at


@dataclass(frozen=True, slots=True)
class Card:
    """One portrait that may still be shown: its words, and where its pictures are."""

    capsule: Capsule
    pictures: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, usage: Usage, capsule: Capsule) -> Card:
        pictures = [(SPEC, capsule.picture.alt)]
        if capsule.partner_picture:
            pictures.append((f"duo-{SPEC}", capsule.partner_picture.alt))
        return cls(capsule, tuple((address(usage, capsule.version, spec), alt) for spec, alt in pictures))


def address(usage: Usage, version: int, spec: str) -> str:
    return reverse("portraits_as_of_photo", args=[usage.value, version, spec, TYPE])


class AsOf(WagtailAdminTemplateMixin, TemplateView):
    """One page, read only."""

    template_name = "portraits/admin/as_of.html"
    page_title = _("See as of…")
    header_icon = "history"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def now(self):
        return timezone.now()

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        asked = self.request.GET
        start = {"at": timezone.localtime(self.now), "usage": Usage.SITE}
        form = AsOfForm(asked if {"at", "usage"} & asked.keys() else None, initial=start)
        found = {}
        if not form.is_bound:
            found = self._seen(self.now, Usage.SITE)
        elif form.is_valid():
            found = self._seen(form.cleaned_data["at"], form.cleaned_data["usage"])
        return super().get_context_data(form=form, **found, **kwargs)

    def _seen(self, at, usage: Usage) -> dict:
        """Four queries, however many people and words: what was shown then, and which of these Versions may be shown now."""
        then = gate.capsules(usage, at=at)
        now = {one.version for one in gate.capsules(usage, at=self.now, keys=[one.key for one in then])}
        cards = [Card.of(usage, one) for one in then if one.version in now]
        page = Paginator(cards, PAGE).get_page(self.request.GET.get("p"))
        return {
            "at": at,
            "usage": usage,
            "when": "future" if at > self.now else "past",
            "total": len(then),
            "page": page,
            "gone": range(len(then) - len(cards)) if not page.has_next() else (),
            "gone_count": len(then) - len(cards),
            **self._quoted(at, usage),
            "query": f"usage={usage.value}&at={timezone.localtime(at):%Y-%m-%dT%H:%M}",
        }

    def _quoted(self, at, usage: Usage) -> dict:
        """The kind words of that instant that may be quoted now, and how many others there were: not which, nor whose no."""
        then = gate.quotes(usage, at=at)
        now = {one.version for one in gate.quotes(usage, at=self.now, keys=[one.key for one in then])}
        quotes = [one for one in then if one.version in now]
        words = Paginator(quotes, WORDS).get_page(self.request.GET.get("m"))
        silent = len(then) - len(quotes)
        return {
            "quoted": len(then),
            "words": words,
            "silent": range(min(silent, WORDS)) if not words.has_next() else (),
            "silent_count": silent,
        }


@require_safe
def photo(request: HttpRequest, usage: str, version: int, spec: str, extension: str) -> HttpResponse:
    """A picture of that page. Its bytes are asked of the gate now, whatever the date that is being looked at."""
    if not may(request.user):
        raise PermissionDenied
    size = crops.SPECS.get(spec.removeprefix("duo-"))
    if usage not in Usage or size is None or extension not in crops.TYPES:
        raise Http404
    found = gate.capsules(Usage(usage), at=timezone.now(), version=version)
    picture = found and (found[0].partner_picture if spec.startswith("duo-") else found[0].picture)
    if not picture:
        return HttpResponse(status=410, content_type="text/plain", headers=UNSEEN)
    shown = picture.shown
    data = crops.rendition(shown.name, shown.sha256, shown.crop, size, extension)
    return HttpResponse(data, content_type=crops.TYPES[extension][1], headers=UNSEEN)
