"""The texts that people are told before they answer: read, write the next version, put it in use."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portraits import notices
from portraits.models import NoticeText
from portraits.views.officer import OfficerView


class Texts(OfficerView):
    """One line per text: the version in use, and the one being written."""

    template_name = "portraits/admin/notices.html"
    page_title = gettext_lazy("What people are told")
    header_icon = "doc-full"

    def get_context_data(self, **kwargs):
        used = {}
        for row in NoticeText.objects.filter(published_at__lte=self.now).order_by("version"):
            used[row.code] = row
        drafts = set(NoticeText.objects.filter(published_at__isnull=True).values_list("code", flat=True))
        lines = [(code, label, used.get(code), code in drafts) for code, label in NoticeText.Code.choices]
        return super().get_context_data(lines=lines, **kwargs)


class TextForm(forms.Form):
    """The next version, one box per language."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limit = NoticeText._meta.get_field("body").max_length
        for language, name in settings.LANGUAGES:
            self.fields[language] = forms.CharField(
                label=name,
                max_length=limit,
                required=False,
                strip=True,
                widget=forms.Textarea(attrs={"rows": 14, "lang": language}),
                help_text=NoticeText._meta.get_field("body").help_text,
            )


class Text(OfficerView):
    """One text: the version in use, the former ones, and the next one in every language."""

    template_name = "portraits/admin/notice.html"
    page_title = gettext_lazy("What people are told")
    header_icon = "doc-full"

    @property
    def code(self) -> str:
        if self.kwargs["code"] not in NoticeText.Code:
            raise Http404
        return self.kwargs["code"]

    def get_page_subtitle(self):
        return NoticeText.Code(self.code).label

    def get_context_data(self, **kwargs):
        version = notices.upcoming(self.code)
        used, draft = notices.rows(self.code, version - 1), notices.rows(self.code, version)
        start = {language: row.body for language, row in (draft or used).items()}
        languages = dict(settings.LANGUAGES)
        return super().get_context_data(
            **{
                "code": self.code,
                "version": version,
                "used": [(languages[language], language, row) for language, row in sorted(used.items(), reverse=True)],
                "draft": bool(draft),
                "former": NoticeText.objects.filter(code=self.code, version__lt=version - 1),
                "form": TextForm(initial=start),
            }
            | kwargs
        )

    def post(self, request, code):
        form = TextForm({name: words.replace("\r\n", "\n") for name, words in request.POST.items()})
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        notices.write(self.code, {language: form.cleaned_data[language] for language, _name in settings.LANGUAGES})
        if "publish" not in request.POST:
            messages.success(request, _("Kept as a draft. Nobody reads it yet."))
            return redirect(reverse("portraits_notice", args=[self.code]))
        try:
            version = notices.publish(self.code, by=request.user, at=self.now)
        except notices.NotReady:
            problem = _("Not in use yet: write it in every language, and change something in it.")
            return self.render_to_response(self.get_context_data(form=form, problem=problem))
        messages.success(
            request, _("Version %(number)s is in use. It cannot be changed any more.") % {"number": version}
        )
        return redirect("portraits_notices")
