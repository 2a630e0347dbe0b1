"""The form through which staff records an answer given on paper or on the telephone."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portraits import consent, notices, recording, sheets
from portraits.models import ConsentRequest, Evidence
from portraits.usages import PROMISES, Usage


class RecordForm(forms.Form):
    """How, when, and one answer per usage, none of them filled in beforehand. A sheet goes with paper, a note with a call."""

    kind = forms.ChoiceField(label=_("How"), choices=Evidence.Kind.choices, widget=forms.RadioSelect)
    said_at = forms.DateTimeField(
        label=_("When"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("When the sheet was signed, or when the call was."),
    )
    term = forms.ChoiceField(
        label=_("For how long"),
        choices=[("annee", _("The usual term")), ("mois", _("One month, to try"))],
        initial="annee",
    )
    sheet = forms.FileField(
        label=_("Signed sheet"),
        required=False,
        help_text=_("For paper: a scan or a photo. PDF, JPEG or PNG, 10 MB at most."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a call: who called whom, at which number, and that the script was read. Nothing else."),
    )

    def __init__(self, *args, question: ConsentRequest, **kwargs):
        super().__init__(*args, **kwargs)
        self.question = question
        for name in question.asked:
            self.fields[f"reponse-{name}"] = forms.ChoiceField(
                label=Usage(name).label,
                choices=[("yes", _("Yes")), ("no", _("No")), ("", _("Left blank"))],
                widget=forms.RadioSelect,
                required=False,
                help_text=PROMISES[Usage(name)].seen_by,
            )

    def answers(self):
        """The fields of the answers, in the order of the sheet."""
        return [self[f"reponse-{name}"] for name in self.question.asked]

    def clean_said_at(self):
        said_at = self.cleaned_data["said_at"]
        if said_at > timezone.now():
            raise forms.ValidationError(_("This is in the future."))
        if said_at < self.question.asked_at.replace(second=0, microsecond=0):
            raise forms.ValidationError(
                _("This is before the request was made: the person could not know what it shows.")
            )
        return said_at

    def clean_sheet(self):
        file = self.cleaned_data["sheet"]
        return sheets.read(file) if file else None

    def clean(self):
        data = super().clean()
        if data.get("kind") == Evidence.Kind.PAPER and not data.get("sheet") and "sheet" not in self.errors:
            self.add_error("sheet", _("Add the signed sheet."))
        if data.get("kind") == Evidence.Kind.PHONE and not data.get("note", "").strip():
            self.add_error("note", _("Say who called whom, and that the script was read."))
        if not any(data.get(f"reponse-{name}") for name in self.question.asked):
            raise forms.ValidationError(_("Nothing is ticked: a sheet left blank needs no record."))
        return data

    def said(self, *, at: datetime) -> recording.Said:
        """What was answered, as the verb takes it."""
        data = self.cleaned_data
        given = {Usage(name): data[f"reponse-{name}"] for name in self.question.asked}
        paper = data["kind"] == Evidence.Kind.PAPER
        return recording.Said(
            kind=Evidence.Kind(data["kind"]),
            answers={usage: answer for usage, answer in given.items() if answer},
            said_at=data["said_at"],
            days=consent.TERMS[data["term"]],
            language=self.question.addressee.language,
            note=data["note"].strip(),
            sheet=data["sheet"] if paper else None,
            notice=0 if paper else notices.script(self.question.addressee.language, at=at)[0],
        )
