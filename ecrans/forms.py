"""Ordering a batch: of a portrait, or of kind words that may be printed."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from ecrans import print as paper
from ecrans.models import Affiche
from portraits.blocks import CapsuleBlock

LISTED = 24  # words among which one chooses; older ones are printed from their own page


class AfficheForm(WagtailAdminModelForm):
    """Orders a batch of what the gate shows at this instant."""

    shows = "portrait"
    refusal = _(
        "This portrait has no consent for « %(usage)s » now: ask for it from the portrait, or choose another place."
    )

    class Meta:
        model = Affiche
        fields = ("portrait", "place", "size", "copies")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[self.shows].required = True
        self.fields[self.shows].widget = self.chooser()

    def chooser(self) -> forms.Widget:
        return CapsuleBlock().widget

    def choose(self, key: int) -> None:
        self.instance.portrait = key

    def clean(self):
        """The gate is asked with the place, since the place decides the usage. Raises ValidationError on what is shown."""
        data = super().clean()
        if self.shows not in data or "place" not in data:
            return data
        self.choose(data[self.shows])
        self.instance.place = data["place"]
        shown = paper.to_order(self.instance, at=timezone.now())
        if shown is None:
            raise ValidationError({self.shows: self.refusal % {"usage": self.instance.usage.label}})
        self.instance.version, self.instance.language = shown.version, shown.language
        return data

    def save(self, commit=True):
        self.instance.created_by = self.for_user
        return super().save(commit)


class WordsChooser(forms.RadioSelect):
    """The words as the sheet would say them, and where each may hang."""

    template_name = "ecrans/affiche/words_chooser.html"
    option_template_name = "ecrans/affiche/words_choice.html"

    class Media:
        css = {"all": ["ecrans/words.css"]}


class WordsForm(AfficheForm):
    """The same for kind words, chosen among the newest that may be printed. `first` is the key of a message, whose
    words come before the others, ticked; so do those that were chosen in a form with a mistake elsewhere."""

    shows = "words"
    refusal = _(
        "These words may not hang there: « %(usage)s » needs another consent. Choose other words, or another place."
    )
    words = forms.IntegerField(
        label=_("Words"),
        max_value=2**63 - 1,
        help_text=_(
            "As the sheet will say them, with the kinds of places where they may hang. Long words are cut: read what is left."
        ),
    )
    field_order = ("words", "place", "size", "copies")

    class Meta(AfficheForm.Meta):
        fields = ("place", "size", "copies")

    def __init__(self, *args, first: int | None = None, **kwargs):
        self.first = first
        super().__init__(*args, **kwargs)

    def chooser(self):
        at = timezone.now()
        asked = self.data.get("words", "")
        chosen = asked.isdecimal() and len(asked) <= 18
        first = paper.key_of(int(asked), at=at) if chosen else self.first
        before = paper.words_to_order(at=at, keys=[first]) if first else []
        if before:
            self.initial["words"] = before[0].quote.version
        others = [one for one in paper.words_to_order(at=at, most=LISTED) if one.quote.key != first]
        return WordsChooser(choices=[(one.quote.version, one) for one in (*before, *others)])

    def choose(self, version: int) -> None:
        self.instance.version = version
        self.instance.compliment = paper.key_of(version, at=timezone.now())
