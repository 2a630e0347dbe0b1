"""The forms of the desk. Limits come from the models (look: sizes that fit every channel); advice never blocks a draft."""

from __future__ import annotations

import json

from django import forms
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from portraits import asking
from portraits.ingest import pixels_only
from portraits.models import Person, Photo
from portraits.typography import legible
from portraits.usages import ASKED, PROMISES, Audience, Usage


class PortraitForm(WagtailAdminModelForm):
    """Each text says how much room is left, and what would read better. The browser counts; the server checks lengths."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        starts = _("« Je » comes first: the person speaks.") if self._in_french() else ""
        short = _("A little short: who, clothes or place, expression.")
        self._count("first_name", most=12, long=_("Long for a screen: 12 characters read best."))
        self._count("job")
        self._count("sentence", starts=starts)
        self._count(
            "story",
            words=True,
            least=80,
            short=_("A little short: 80 to 120 words."),
            most=120,
            long=_("A little long: 80 to 120 words."),
        )
        self._count("alt", least=40, short=short)
        self._count("partner_name")
        self._count("partner_alt", least=40, short=short)

    def clean(self):
        """Pasted texts carry characters that nobody sees: they go no further than the desk."""
        data = super().clean()
        data.update({name: legible(value) for name, value in data.items() if isinstance(value, str)})
        return data

    def _in_french(self) -> bool:
        locale = self.instance.locale if self.instance.locale_id else None
        return locale is None or locale.language_code != "en"

    def _count(self, name: str, *, words: bool = False, **advice) -> None:
        """Tell the browser what to count. `least`, `most` and `starts` come with the sentence that says so."""
        if name not in self.fields:
            return
        limit = advice.get("most", 120) if words else self.fields[name].max_length
        said = _("{count} of {limit} words") if words else _("{count} of {limit}")
        settings = {"words": words, "limit": limit, "said": str(said), **advice}
        settings = {key: value if isinstance(value, int) else str(value) for key, value in settings.items()}
        self.fields[name].widget.attrs["data-counter"] = json.dumps(settings, ensure_ascii=False)


class PersonForm(WagtailAdminModelForm):
    """A person. Whoever may be asked is told at the former address when theirs changes: a link must not go astray."""

    def save(self, commit=True):
        former = Person.objects.filter(pk=self.instance.pk).values_list("email", flat=True).first()
        with transaction.atomic():
            person = super().save(commit)
            if former and former.lower() != person.email.lower():
                asking.readdress(person, former=former, at=timezone.now())
        return person


class PhotoForm(WagtailAdminModelForm):
    """An upload. What cannot be a portrait is said on the file's own field, and nothing is stored."""

    class Meta:
        model = Photo
        fields = ("file", "title", "focus_x", "focus_y", "zoom")
        widgets = {
            "file": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,.heic"}),
            "zoom": forms.NumberInput(attrs={"step": 2}),
        }

    def clean_file(self):
        """The upload's pixels only: they are what is kept, so that the model need not decode them a second time."""
        pixels = pixels_only(self.cleaned_data["file"])
        self.instance.sha256, self.instance.width, self.instance.height = pixels.sha256, pixels.width, pixels.height
        return ContentFile(pixels.data, name="photo.jpg")


class FramingForm(WagtailAdminModelForm):
    """A photo already there: its name and its point of interest. Its bytes are never replaced."""

    class Meta:
        model = Photo
        fields = ("title", "focus_x", "focus_y", "zoom")
        widgets = {"zoom": forms.NumberInput(attrs={"step": 2})}


class AskForm(forms.Form):
    """Which usages to ask for, and proof that the text on screen is the one that will be frozen."""

    usages = forms.TypedMultipleChoiceField(
        label=_("Usages"),
        choices=[(usage.value, usage.label) for usage in ASKED],
        coerce=Usage,
        initial=[usage.value for usage in ASKED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one usage to ask for.")},
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        self.desk = desk

    def clean_fingerprint(self):
        if self.cleaned_data["fingerprint"] != self.desk.fingerprint():
            raise forms.ValidationError(
                _("The portrait has changed since this page was opened. Read the text below again, then ask.")
            )
        return self.cleaned_data["fingerprint"]

    def groups(self):
        """(audience, [(checkbox, who sees it)]) in the order of the consent page."""
        boxes = {box.data["value"]: box for box in self["usages"]}
        for audience in Audience:
            rows = [(boxes[usage.value], PROMISES[usage]) for usage in ASKED if PROMISES[usage].audience == audience]
            if rows:
                yield audience.label, rows


class HideForm(forms.Form):
    """Why staff hides a portrait. Kept with the stop, read by staff only."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For your colleagues and the consent officer. One sentence, nothing private about the person."),
        error_messages={"required": _("Say why, in one sentence.")},
    )
