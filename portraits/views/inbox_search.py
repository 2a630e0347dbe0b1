"""The inbox searched, and the searches that one keeps."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portraits import searching
from portraits.views.inbox import PAGE, InboxView, lines, number


class Search(InboxView):
    """What was asked is in the address: it may be kept, and sent to a colleague. A POST keeps it under a name, or forgets one."""

    template_name = "portraits/admin/inbox_search.html"

    def get_page_subtitle(self):
        return _("Search")

    def get_context_data(self, **kwargs):
        form = searching.SearchForm(self.request.GET)
        asked = form.query != searching.SearchForm({}).query
        found = searching.rows(form, at=self.now) if form.is_valid() and asked else None
        page = Paginator(found, PAGE).get_page(self.request.GET.get("p")) if found is not None else None
        shown = {
            "form": form,
            "asked": asked,
            "page": page,
            "lines": lines(page, at=self.now) if page else [],
            "kept": searching.kept(self.request.user),
        }
        return super().get_context_data(**kwargs | shown)

    def post(self, request):
        if "oublier" in request.POST:
            searching.kept(request.user).filter(pk=number(request.POST["oublier"])).delete()
            return redirect("portraits_inbox_search")
        query = searching.SearchForm(request.GET).query
        if searching.keep(request.POST.get("nom", ""), query, by=request.user):
            messages.success(request, _("Kept: you find it here."))
        else:
            words = _("Give it a name; %(most)s searches at most are kept: forget one first.")
            messages.error(request, words % {"most": searching.MOST})
        return redirect(f"{reverse('portraits_inbox_search')}?{query}")
