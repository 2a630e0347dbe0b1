"""Files of 311 and of comments, for the inbox: the file is looked at, its columns are chosen, then it is taken."""

from __future__ import annotations

import csv
import io

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from portraits import collecting, message_file, spreadsheet
from portraits.message_file import DAY, LABELS, MONTH, MOST_BYTES, NEEDED, Choice, Table, Unreadable
from portraits.models import Compliment, MessageFile, Portrait
from portraits.registers import safe
from portraits.views.figures import UNSEEN
from portraits.views.inbox import InboxView, may

LISTED = 30  # files
SHOWN = 8  # rows, as they would be received
REFUSALS = 200  # rows on the page; the file has them all
EXAMPLE = 60  # characters of a cell beside the name of its column


class FileForm(forms.Form):
    """One file."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"),
        choices=[(one.value, one.label) for one in MessageFile.CHANNELS],
        help_text=gettext_lazy("311 gives the export of its requests; a network, its comments. One file for each."),
    )
    file = forms.FileField(
        label=gettext_lazy("File (CSV)"),
        help_text=gettext_lazy("As it was exported: commas, semicolons or tabs. Nothing is received at this step."),
    )


class ColumnsForm(forms.Form):
    """Which column holds what. What no field asks for is read by nobody and kept nowhere."""

    order = forms.ChoiceField(
        label=gettext_lazy("Dates with slashes"),
        choices=[(DAY, gettext_lazy("day/month/year")), (MONTH, gettext_lazy("month/day/year"))],
        help_text=gettext_lazy("See below how the first ones are understood."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the messages"), choices=settings.LANGUAGES)
    own_words = forms.BooleanField(
        label=gettext_lazy("Keep places that are not in the list, in their own words"),
        required=False,
        help_text=gettext_lazy("Otherwise these rows are refused, and named below."),
    )

    def __init__(self, *args, table: Table, channel: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = message_file.wanted(channel)
        headers = [(one, one) for one in table.headers]
        for name in self.names:
            blank = _("choose a column") if name in NEEDED else _("not in this file")
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=[("", f"– {blank} –"), *headers], required=name in NEEDED
            )
        if "place" not in self.names:
            del self.fields["own_words"]
        self.order_fields([*self.names, "order", "language", "own_words"])

    def clean(self):
        data = super().clean()
        chosen: list[str] = []
        for name in self.names:
            header = data.get(name)
            if header and header in chosen:
                self.add_error(name, _("This column is chosen above already."))
            chosen.append(header)
        return data

    def choice(self) -> Choice:
        data = self.cleaned_data
        columns = {name: data[name] for name in self.names if data[name]}
        return Choice(columns, data["order"], data.get("own_words", False), data["language"])


class Receive(InboxView):
    """The file is chosen; below, those that were taken."""

    template_name = "portraits/admin/inbox_files.html"

    def get_page_subtitle(self):
        return _("Read a file")

    def get_context_data(self, **kwargs):
        files = MessageFile.objects.select_related("by").defer("content", "refused")
        found = {"waiting": files.filter(done_at=None)[:LISTED], "done": files.exclude(done_at=None)[:LISTED]}
        return super().get_context_data(**{"form": FileForm()} | found | kwargs)

    def post(self, request):
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file, channel = form.cleaned_data["file"], form.cleaned_data["channel"]
            try:
                content = file.read(MOST_BYTES + 1)  # more is refused without being read
                row = collecting.receive(content, file.name, channel=channel, by=request.user, at=self.now)
            except Unreadable as problem:
                form.add_error("file", str(problem))
            else:
                return redirect("portraits_inbox_file", row.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Check(InboxView):
    """What taking a file would bring, row by row; then what it brought."""

    template_name = "portraits/admin/inbox_file.html"

    def get_page_subtitle(self):
        return _("The file was received") if self.row.done_at else _("Check the file")

    @cached_property
    def row(self) -> MessageFile:
        return get_object_or_404(MessageFile.objects.select_related("by"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        row = self.row
        found = {"row": row, "refused": [one[:3] for one in row.refused], "social": row.channel in Compliment.SOCIAL}
        if not row.done_at:
            found |= self._looked_at(kwargs.get("form"))
        found["refused_more"] = max(len(found["refused"]) - REFUSALS, 0)
        found["refused"] = found["refused"][:REFUSALS]
        return super().get_context_data(**found | kwargs)

    def _looked_at(self, form: ColumnsForm | None) -> dict:
        made = collecting.plan(self.row)
        form = form or self._form(made.table, made.choice)
        examples = {name: next(made.table.column(header), "") for name, header in made.choice.columns.items()}
        shown = made.incoming[:SHOWN]
        portraits = Portrait.objects.in_bulk({one.portrait for one in shown if one.portrait})
        return {
            "plan": made,
            "form": form,
            "columns": [(form[name], examples.get(name, "")[:EXAMPLE]) for name in form.names],
            "others": [form[name] for name in form.fields if name not in form.names],
            "lacking": [LABELS[name] for name in made.choice.lacking()],
            "incoming": [(one, portraits.get(one.portrait)) for one in shown],
            "refused": [(one.line, one.column, one.reason) for one in made.refused],
            "former": collecting.former(self.row),
            "seen": collecting.seal(self.row),
        }

    def _form(self, table: Table, choice: Choice) -> ColumnsForm:
        said = {"order": choice.order, "language": choice.language, "own_words": choice.own_words}
        return ColumnsForm(initial=said | dict(choice.columns), table=table, channel=self.row.channel)

    def post(self, request, *args, **kwargs):
        if self.row.done_at:
            return redirect("portraits_inbox_file", self.row.pk)
        return self._take() if "take" in request.POST else self._choose()

    def _choose(self) -> HttpResponse:
        table = Table.load(bytes(self.row.content))
        form = ColumnsForm(self.request.POST, table=table, channel=self.row.channel)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        collecting.choose(self.row, form.choice())
        return redirect("portraits_inbox_file", self.row.pk)

    def _take(self) -> HttpResponse:
        request = self.request
        try:
            row = collecting.take(self.row, seen=request.POST.get("seen", ""), by=request.user, at=self.now)
        except (collecting.Moved, IntegrityError):
            messages.warning(
                request, _("Something changed meanwhile: nothing was received. Here is where it stands now.")
            )
        else:
            words = ngettext("%(count)s message was received.", "%(count)s messages were received.", row.kept)
            messages.success(request, words % {"count": row.kept})
        return redirect("portraits_inbox_file", self.row.pk)


@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with their line, column and reason, to be mended and read again."""
    if not may(request.user):
        raise PermissionDenied
    row = get_object_or_404(MessageFile, pk=pk)
    rows = row.refused if row.done_at else spreadsheet.kept_aside(collecting.plan(row).refused)
    if not rows:
        raise Http404
    heads = list(dict.fromkeys(head for one in rows for head, _cell in one[3]))
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow([safe(cell) for cell in (_("Line"), _("Column"), _("Reason"), *heads)])
    for line, column, reason, cells in rows:
        lines.writerow([safe(cell) for cell in (line, column, reason, *(dict(cells).get(head, "") for head in heads))])
    name = f"refus-{localdate(timezone.now()):%Y-%m-%d}-{row.pk}.csv"
    headers = {**UNSEEN, "Content-Disposition": f'attachment; filename="{name}"'}
    data = b"\xef\xbb\xbf" + out.getvalue().encode()
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)
