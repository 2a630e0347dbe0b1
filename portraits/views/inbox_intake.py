"""Kind words that somebody on staff writes down: said on the telephone or at a counter, on paper, by e-mail; or a comment
pasted from a social network, without its author."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from portraits import alike, inbox, ingest, invitation, measure, notices, quoting
from portraits.models import Compliment, Consent, NoticeText, Spot, Team
from portraits.models.compliment import LONGEST
from portraits.usages import Audience
from portraits.views.inbox import InboxView

Channel, Signature = Compliment.Channel, Compliment.Signature
ANSWERS = [("", gettext_lazy("said nothing")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
HERE = gettext_lazy("It is here already: this number, or this address, was written down before.")


def _field(name: str, **options) -> forms.Field:
    return Compliment._meta.get_field(name).formfield(**options)


class AboutForm(forms.Form):
    """What is known of a message, whoever writes it down."""

    words = forms.CharField(
        label=gettext_lazy("Message"),
        min_length=inbox.SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("As it was said or written. Nobody can change it afterwards."),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(active=True), label=capfirst(gettext_lazy("team")), required=False
    )
    spot = forms.ModelChoiceField(
        Spot.objects.filter(active=True), label=capfirst(gettext_lazy("where")), required=False
    )
    elsewhere = _field("elsewhere")
    happened_on = _field("happened_on", widget=AdminDateInput)
    to_whom = _field("to_whom")
    language = _field("language")

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day and day > localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self):
        data = super().clean()
        if "channel" in data and inbox.erased(data["channel"], [data.get("external_ref", "")]):
            self.add_error("external_ref", HERE)
        return data

    def about(self) -> dict:
        names = ("team", "spot", "elsewhere", "happened_on", "to_whom", "language", "external_ref")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class IntakeForm(AboutForm):
    """The same message, with who said it and what they answered to the script."""

    channel = forms.ChoiceField(
        label=capfirst(gettext_lazy("channel")), choices=[(one.value, one.label) for one in Compliment.WRITTEN_BY_STAFF]
    )
    external_ref = _field("external_ref")
    first_name = forms.CharField(label=capfirst(gettext_lazy("first name")), max_length=40, required=False)
    district = _field("district")
    email = forms.EmailField(
        label=capfirst(gettext_lazy("e-mail")), required=False, help_text=gettext_lazy("To answer them only.")
    )
    phone = forms.CharField(
        label=capfirst(gettext_lazy("telephone")),
        max_length=20,
        required=False,
        help_text=gettext_lazy("To answer them only."),
    )
    colleagues = forms.ChoiceField(
        label=capfirst(gettext_lazy("quoted among colleagues")),
        choices=ANSWERS,
        required=False,
        widget=forms.RadioSelect,
    )
    public = forms.ChoiceField(
        label=capfirst(gettext_lazy("quoted in public")), choices=ANSWERS, required=False, widget=forms.RadioSelect
    )
    signature = forms.ChoiceField(
        label=capfirst(gettext_lazy("signed")),
        choices=Signature.choices,
        initial=Signature.ANONYMOUS,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Anonymous, unless they chose otherwise."),
    )

    photo = forms.FileField(
        label=capfirst(gettext_lazy("photo")),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"}),
        help_text=gettext_lazy(
            "What came with a letter or an e-mail, of 12 megapixels at most. Seen by staff only, published nowhere."
        ),
    )

    def clean_photo(self) -> bytes:
        file = self.cleaned_data["photo"]
        return ingest.attached(file) if file else b""

    def clean(self):
        data = super().clean()
        if data.get("signature") == Signature.FIRST_NAME and not data.get("first_name"):
            self.add_error("first_name", _("To be quoted by first name, it takes a first name."))
        return data

    def receive(self, *, by, at) -> Compliment:
        """Whoever left an e-mail gets their number and their way back there, as those who write by themselves do."""
        data = self.cleaned_data
        names = ("first_name", "district", "email", "phone")
        row, token = inbox.receive(
            data["words"],
            at=at,
            channel=Channel(data["channel"]),
            writer=inbox.Writer(**{name: data[name] for name in names}, signature=Signature(data["signature"])),
            wishes={audience: data[audience.value] for audience in Audience},
            method=Consent.Method.INTAKE,
            entered_by=by,
            attachment=data["photo"],
            **self.about(),
        )
        if row.writer.email:
            invitation.acknowledge(row.writer, row.reference, token)
        return row


class PasteForm(AboutForm):
    """A comment, and where it is. Who wrote it is not kept."""

    channel = forms.ChoiceField(
        label=capfirst(gettext_lazy("network")), choices=[(one.value, one.label) for one in Compliment.SOCIAL]
    )
    external_ref = forms.URLField(
        label=capfirst(gettext_lazy("address of the comment")),
        max_length=120,
        assume_scheme="https",
        help_text=gettext_lazy("So that it is counted once. It is erased with the words."),
    )

    def clean_words(self):
        words = self.cleaned_data["words"]
        if alike.came_to_us(inbox.legible(words)):
            raise forms.ValidationError(
                _(
                    "Whoever wrote these words also sent them to us: their own message says whether they may be quoted. Use it."
                )
            )
        return words

    def receive(self, *, by, at) -> Compliment:
        data, address = self.cleaned_data, self.cleaned_data["external_ref"]
        row, _token = inbox.receive(
            data["words"],
            at=at,
            channel=Channel(data["channel"]),
            method=Consent.Method.INTAKE,
            entered_by=by,
            portrait_id=measure.portraits_at([address]).get(address),
            **self.about(),
        )
        return row


class Intake(InboxView):
    """One screen: the script on one side, what is said on the other."""

    template_name = "portraits/admin/inbox_intake.html"
    form_class = IntakeForm
    oral = True

    def get_page_subtitle(self):
        return _("Write down kind words") if self.oral else _("Paste a comment")

    def get_context_data(self, **kwargs):
        found = {"form": self.form_class()}
        if self.oral:
            number = quoting.notice(Channel.PHONE, at=self.now)
            rows = notices.rows(NoticeText.Code.WRITER_ORAL, number)
            found |= {
                "number": number,
                "scripts": [(code, name, rows[code].body) for code, name in settings.LANGUAGES if code in rows],
            }
        return super().get_context_data(**found | kwargs)

    def post(self, request):
        form = self.form_class(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            with transaction.atomic():
                row = form.receive(by=request.user, at=self.now)
        except inbox.Refused as refused:
            words = _("%(count)s characters: between 3 and 2,000, please.") % {"count": refused.length}
            form.add_error("words", words)
        except IntegrityError:
            form.add_error("external_ref", HERE)
        else:
            words = _("Written down. The reference to give: %(reference)s") % {"reference": row.reference}
            messages.success(request, words if self.oral else _("Written down."))
            return redirect("portraits_inbox_message", row.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Paste(Intake):
    """A comment of a social network, for the team and the person; quoted without its author, and in the infolettre alone."""

    form_class = PasteForm
    oral = False
