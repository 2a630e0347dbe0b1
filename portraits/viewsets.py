"""How portraits, people and photos are listed, written and chosen in the CMS."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, LocaleColumn, TitleColumn, UpdatedAtColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views import chooser as snippet_chooser
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView, EditView, HistoryView, IndexView, SnippetViewSet, UsageView

from portraits import reading, state
from portraits.forms import AbsenceForm, FramingForm, PhotoForm
from portraits.models import Absence, Incident, Person, Photo, Portrait
from portraits.panels import person_edit_handler, portrait_edit_handler
from portraits.person_form import KINDS, NewPersonForm
from portraits.views import absences, desk, intake, photos, registers
from portraits.views.photos import FaceColumn, asking
from portraits.widgets import PhotoChooserBase

ForPortraitReaders = asking("portraits.view_portrait")
ForPersonReaders = asking("portraits.view_person")


class StandingsColumn(Column):
    """One chip per usage. The index has put `standings` and `stage` on the page's rows: three queries for all."""

    cell_template_name = "portraits/admin/standings_cell.html"

    def get_value(self, instance):
        return {"groups": state.grouped(instance.standings), "stage": instance.stage}


class PortraitTitleColumn(TitleColumn):
    """First name, and the job under it."""

    cell_template_name = "portraits/admin/portrait_title_cell.html"

    def get_value(self, instance):
        return super().get_value(instance) or str(instance)


class PortraitIndex(IndexView):
    """The portraits: face, first name and job, where consent stands, last change."""

    default_ordering = "-_updated_at"

    @property
    def columns(self):
        return [
            FaceColumn("photo", label=_("Photo"), width="80px"),
            self._get_title_column("first_name", PortraitTitleColumn, width="26%"),
            StandingsColumn("standings", label=_("Consents")),
            LocaleColumn(label=_("Language"), width="8%"),
            UpdatedAtColumn(width="12%"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("photo", "locale")

    def get_table(self, object_list):
        rows = list(object_list)
        keys = [row.pk for row in rows]
        found, under_way = state.standings(keys, at=timezone.now()), reading.stages(keys)
        for row in rows:
            row.standings, row.stage = found[row.pk], under_way.get(row.pk)
        return super().get_table(rows)


class OnlyDrafts:
    """From the form one saves a draft, nothing else: it is submitted, read and taken back on pages that show what that means."""

    drafts = frozenset({"create", "edit"})

    def get_available_actions(self):
        return [action for action in super().get_available_actions() if action in self.drafts]


class PortraitEdit(OnlyDrafts, EditView):
    pass


class PortraitCreate(OnlyDrafts, CreateView):
    """A new portrait is saved once by hand, and by itself from there: an autosave under way while somebody presses the
    button would leave two drafts (seen), and a draft cannot be deleted."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"autosave_enabled": False}


class WithoutLiveTag:
    """Wagtail's « live » says nothing of what is shown."""

    @property
    def columns(self):
        return super().columns[:-1]


class PortraitChoose(ForPortraitReaders, WithoutLiveTag, snippet_chooser.ChooseView):
    pass


class PortraitChooseResults(ForPortraitReaders, WithoutLiveTag, snippet_chooser.ChooseResultsView):
    pass


class PortraitChosen(ForPortraitReaders, snippet_chooser.SnippetChosenView):
    pass


class PortraitChosenMany(ForPortraitReaders, snippet_chooser.SnippetChosenMultipleView):
    pass


class PortraitChooser(SnippetChooserViewSet):
    choose_view_class, choose_results_view_class = PortraitChoose, PortraitChooseResults
    chosen_view_class, chosen_multiple_view_class = PortraitChosen, PortraitChosenMany


class PortraitViewSet(SnippetViewSet):
    model = Portrait
    icon = "user"
    url_prefix = "portraits"
    add_to_admin_menu = True
    menu_order = 110
    menu_name = "portraits"
    copy_view_enabled = False
    index_view_class = PortraitIndex
    add_view_class = PortraitCreate
    edit_view_class = PortraitEdit
    search_fields = ["first_name", "job", "sentence"]
    search_backend_name = None
    list_per_page = 30
    chooser_viewset_class = PortraitChooser
    edit_handler = portrait_edit_handler()

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/accord/", self.construct_view(desk.AskView), name="ask"),
            path("<int:pk>/relire/", self.construct_view(desk.ReadView), name="read"),
            path("<int:pk>/commentaires/<int:annotation>/", self.construct_view(desk.SettleView), name="settle"),
            path("<int:pk>/reprendre/", self.construct_view(desk.TakeBackView), name="take_back"),
            path("<int:pk>/adapter/", self.construct_view(desk.AdaptView), name="adapt"),
            path("<int:pk>/masquer/", self.construct_view(desk.HideView), name="hide"),
            path("<int:pk>/reponses/", self.construct_view(intake.WaysView), name="ways"),
            path("<int:pk>/reponses/<int:question>/lettre/", self.construct_view(intake.LetterView), name="letter"),
            path("<int:pk>/reponses/<int:question>/guichet/", self.construct_view(intake.CounterView), name="counter"),
            path(
                "<int:pk>/reponses/<int:question>/guichet/fin/",
                self.construct_view(intake.EndCounterView),
                name="counter_end",
            ),
            path("<int:pk>/reponses/<int:question>/noter/", self.construct_view(intake.RecordView), name="record"),
            path("<int:pk>/preuves/<int:evidence>/", self.construct_view(intake.ConfirmView), name="confirm"),
        ]


class KnownPerson:
    """A page of one person, who is not a citizen who wrote."""

    def get_object(self, *args, **kwargs):
        found = super().get_object(*args, **kwargs)
        if found.kind == Person.Kind.WRITER:
            raise Http404
        return found


class KnownPeople(KnownPerson):
    """Citizens who wrote kind words are in no directory: neither listed, nor chosen, nor opened."""

    def get_object_list(self):
        return super().get_object_list().known()

    def get_objects(self, pks):
        return super().get_objects(pks).known()

    def get_base_queryset(self):
        return super().get_base_queryset().known()


class PersonChoose(KnownPeople, ForPersonReaders, snippet_chooser.ChooseView):
    pass


class PersonChooseResults(KnownPeople, ForPersonReaders, snippet_chooser.ChooseResultsView):
    pass


class PersonChosen(KnownPeople, ForPersonReaders, snippet_chooser.SnippetChosenView):
    pass


class PersonChosenMany(KnownPeople, ForPersonReaders, snippet_chooser.SnippetChosenMultipleView):
    pass


class PersonIndex(KnownPeople, IndexView):
    pass


class PersonChooser(SnippetChooserViewSet):
    """A person is added without leaving the portrait."""

    choose_view_class, choose_results_view_class = PersonChoose, PersonChooseResults
    chosen_view_class, chosen_multiple_view_class = PersonChosen, PersonChosenMany
    creation_form_class = NewPersonForm
    search_tab_label = _("Already there")
    creation_tab_label = _("New person")
    create_action_label = _("Add this person")


class PersonHistory(KnownPerson, HistoryView):
    pass


class PersonUsage(KnownPerson, UsageView):
    pass


class PersonEdit(KnownPerson, EditView):
    """A person. What a change stopped is said, whatever was answered."""

    def save_instance(self):
        person = super().save_instance()
        if self.form.closed:
            words = _(
                "%(person)s was being asked: that question takes no answer any more, since where it goes or who answers it "
                "has changed. Take the request back if it is still under way, and submit the portrait again."
            )
            messages.warning(self.request, words % {"person": person})
        return person


class PersonFilter(WagtailFilterSet):
    kind = ChoiceFilter(label=_("kind"), choices=KINDS)

    class Meta:
        model = Person
        fields = ["kind", "team"]


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "group"
    url_prefix = "personnes"
    add_to_admin_menu = True
    menu_order = 120
    menu_name = "people"
    copy_view_enabled = False
    index_view_class, edit_view_class = PersonIndex, PersonEdit
    history_view_class, usage_view_class = PersonHistory, PersonUsage
    list_display = ["__str__", "email", "kind", "team"]
    filterset_class = PersonFilter
    search_fields = ["first_name", "last_name", "email"]
    search_backend_name = None
    chooser_viewset_class = PersonChooser
    edit_handler = person_edit_handler()


class AbsenceViewSet(ModelViewSet):
    model = Absence
    icon = "calendar"
    name = "portraits_absence"
    url_prefix = "absences"
    url_namespace = "portraits_absence"
    add_to_settings_menu = True
    menu_name = "absences"
    copy_view_enabled = False
    list_display = ["user", "from_day", "to_day", "substitute"]
    index_view_class, edit_view_class = absences.AbsenceIndex, absences.AbsenceEdit
    delete_view_class, history_view_class = absences.AbsenceDelete, absences.AbsenceHistory
    usage_view_class = absences.AbsenceUsage

    def get_form_class(self, for_update=False):
        return AbsenceForm


class PhotoIndex(generic.IndexView):
    """Photos by their faces."""

    @property
    def columns(self):
        return [
            FaceColumn("face", label=_("Photo"), accessor=lambda photo: photo, width="80px"),
            self._get_title_column("title"),
            Column("uploaded_at", label=_("Added"), sort_key="uploaded_at", width="18%"),
            Column("uploaded_by", label=_("By"), width="18%"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().filter(purged_at=None).select_related("uploaded_by")


class PhotoAdd(generic.CreateView):
    def save_instance(self):
        self.form.instance.uploaded_by = self.request.user
        return super().save_instance()


class PhotoViewSet(ModelViewSet):
    model = Photo
    icon = "image"
    name = "portraits_photo"
    url_prefix = "photos"
    url_namespace = "portraits_photo"
    add_to_admin_menu = True
    menu_order = 130
    menu_name = "photos"
    copy_view_enabled = False
    index_view_class = PhotoIndex
    add_view_class = PhotoAdd
    search_fields = ["title"]
    search_backend_name = None
    template_prefix = "portraits/admin/photo_"
    form_fields = ["title"]

    def get_form_class(self, for_update=False):
        return FramingForm if for_update else PhotoForm


class IncidentViewSet(ModelViewSet):
    """The register of incidents, for whoever guards the consents."""

    model = Incident
    icon = "warning"
    name = "portraits_incident"
    url_prefix = "incidents"
    url_namespace = "portraits_incident"
    add_to_admin_menu = True
    menu_order = 151
    menu_name = "incidents"
    copy_view_enabled = False
    add_view_class = registers.IncidentAdd
    list_display = [
        "__str__",
        Column("usage", label=_("Usage"), accessor="get_usage_display"),
        Column("people", label=_("People concerned")),
        Column("serious_risk", label=_("Risk of serious injury"), accessor="get_serious_risk_display"),
        Column("closed_at", label=_("Closed on"), sort_key="closed_at"),
    ]
    list_filter = ["usage", "serious_risk"]
    search_fields = ["what", "measures"]
    search_backend_name = None
    form_fields = [
        "happened_on",
        "usage",
        "what",
        "information",
        "people",
        "serious_risk",
        "assessment",
        "measures",
        "notified_at",
        "told_at",
        "closed_at",
    ]


class PhotoChooser(ChooserViewSet):
    model = Photo
    icon = "image"
    url_prefix = "photos/choisir"
    per_page = 12
    choose_one_text = _("Choose or add a photo")
    page_title = _("Photo")
    creation_tab_label = _("Add a photo")
    search_tab_label = _("Already there")
    create_action_label = _("Add this photo")
    create_action_clicked_label = _("Reading the photo…")
    creation_form_class = PhotoForm
    base_widget_class = PhotoChooserBase
    choose_view_class, choose_results_view_class = photos.Choose, photos.ChooseResults
    chosen_view_class, chosen_multiple_view_class = photos.Chosen, photos.ChosenMany
    create_view_class = photos.Create
