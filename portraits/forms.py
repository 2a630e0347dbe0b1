"""The forms of the desk. Limits come from the models (look: sizes that fit every channel); advice never blocks a draft."""

from __future__ import annotations

import json

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from portraits import annotating
from portraits.ingest import pixels_only
from portraits.models import Absence, Annotation, Photo
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

    @cached_property
    def margin(self) -> dict[str, list[Annotation]]:
        """What was said beside each field. One query for all of them."""
        return annotating.margin(self.instance) if self.instance.pk else {}

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


class ReadForm(forms.Form):
    """What a reader decides, what they say beside each field, and proof that what is on screen is what there is: words,
    pictures, people, addresses."""

    decision = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("changes", _("Ask for changes")), ("annotate", _("Keep my comments"))]
    )
    comment = forms.CharField(
        label=_("A word to your colleague"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when you ask for changes without a comment on a field. Seen by those who write portraits."),
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput)
    recipients = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, desk, expected, **kwargs):
        super().__init__(*args, **kwargs)
        self.desk, self.expected = desk, expected
        for name, label in Annotation.Field.choices:
            self.fields[f"note_{name}"] = forms.CharField(
                label=_("Comment: %(field)s") % {"field": label},
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def notes(self) -> dict[str, str]:
        """Field → what was said beside it."""
        said = {name: self.cleaned_data.get(f"note_{name}", "") for name in Annotation.Field}
        return {name: words for name, words in said.items() if words}

    def boxes(self) -> dict[str, forms.BoundField]:
        """Field → where to write beside it."""
        return {name: self[f"note_{name}"] for name in Annotation.Field.values}

    def clean(self):
        data = super().clean()
        if data.get("decision") == "changes" and not (data.get("comment") or self.notes() or self.errors):
            self.add_error("comment", _("Say what should change."))
        if data.get("decision") == "annotate" and not (self.notes() or self.errors):
            raise forms.ValidationError(_("Write a comment beside a field first."))
        seen = (data.get("fingerprint"), data.get("recipients"))
        if data.get("decision") == "approve" and seen != (self.desk.fingerprint(), self.expected):
            raise forms.ValidationError(
                _("The portrait, its people or an address changed since this page was opened. Read it again below.")
            )
        return data


class AbsenceForm(WagtailAdminModelForm):
    """One's own days away; an administrator says whose. Only those who read portraits can be away or stand in."""

    class Meta:
        model = Absence
        fields = ("user", "from_day", "to_day", "substitute")
        widgets = {"from_day": AdminDateInput, "to_day": AdminDateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        readers = get_user_model().objects.filter(
            is_active=True, groups__in=Group.objects.filter(distinctreadingtask__isnull=False)
        )
        readers = readers.order_by("first_name", "last_name", "pk").distinct()
        if self.for_user.is_superuser:
            self.fields["user"].queryset = readers
        else:
            del self.fields["user"]
            self.instance.user = self.for_user
            readers = readers.exclude(pk=self.for_user.pk)
        self.fields["substitute"].queryset = readers

    def clean(self):
        data = super().clean()
        first, last = data.get("from_day"), data.get("to_day")
        if first and last and last < first:
            self.add_error("to_day", _("The last day comes after the first one."))
        if data.get("substitute") and data["substitute"] == data.get("user"):
            self.add_error("substitute", _("Somebody else than who is away."))
        return data


class HideForm(forms.Form):
    """Why staff hides a portrait. Kept with the stop, read by staff only."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For your colleagues and the consent officer. One sentence, nothing private about the person."),
        error_messages={"required": _("Say why, in one sentence.")},
    )


class TakenDownForm(forms.Form):
    """What whoever took something down leaves: a photo of the empty place, or a word. The photo keeps its pixels only."""

    photo = forms.FileField(
        label=_("Photo of the empty place"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("Nobody on it, please. Only staff sees it; location and camera data are removed."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("For example: « Décrochée et déchiquetée. »"),
    )

    def clean_photo(self) -> bytes:
        """Clean bytes, empty without a photo. Raises ValidationError when it is none."""
        file = self.cleaned_data["photo"]
        return pixels_only(file).data if file else b""

    def clean(self):
        """One of the two at least, unless what was given has its own error already."""
        data = super().clean()
        if not self.errors and not data["photo"] and not data["note"].strip():
            raise forms.ValidationError(_("Leave a photo of the empty place, or one word of what you did."))
        return data
