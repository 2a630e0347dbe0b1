"""The walls of the house, as system checks: what is missing is said by `manage.py check`, with a hint."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections
from modelcluster.contrib.taggit import ClusterTaggableManager
from taggit.managers import TaggableManager
from wagtail.models import DraftStateMixin

from portraits import recall, renderings, whereabouts, workdays, workflow
from portraits.models import Submission
from portraits.usages import ASKED, Usage

SIDE_DOORS = ("wagtail.api", "wagtail.contrib.simple_translation", "wagtail.contrib.forms")


@register
def each_usage_has_one_recall_handler(app_configs=None, **kwargs):
    """A withdrawal must know what to do for every usage: none forgotten, none claimed twice."""
    problems = []
    for usage in Usage:
        owners = [way.module for way in recall.ways(usage)]
        if len(owners) != 1:
            hint = (
                f"Found in: {', '.join(owners)}."
                if owners
                else "Decorate one in the channel's recall.py, imported by ready()."
            )
            problems.append(
                Error(f"Usage « {usage.value} » has {len(owners)} recall handlers.", hint=hint, id="intranet.E001")
            )
    return problems


@register
def each_usage_is_told(app_configs=None, **kwargs):
    """A person is told what became of every place: no usage may be silent."""
    return [
        Error(
            f"Nothing tells what becomes of usage « {usage.value} ».",
            hint="Decorate one in the channel's tell.py (portraits/whereabouts.py), imported by ready().",
            id="intranet.E021",
        )
        for usage in Usage
        if usage not in whereabouts.registered()
    ]


@register
def holidays_are_known(app_configs=None, **kwargs):
    """A deadline that counts public holidays must know whose."""
    try:
        workdays.calendar(settings.HOLIDAYS)
    except NotImplementedError:
        sentence = f"HOLIDAYS is « {settings.HOLIDAYS} »: no public holidays are known there."
        return [Error(sentence, hint="A country, or one of its parts: FR, CA-QC (ISO 3166).", id="intranet.E022")]
    return []


@register
def draftable_models_keep_their_tags(app_configs=None, **kwargs):
    """A plain TaggableManager loses its tags in the draft editor."""
    return [
        Error(
            f"{model.__name__}.{field.name} is a TaggableManager on a draftable model.",
            hint="Use modelcluster.contrib.taggit.ClusterTaggableManager on a ClusterableModel.",
            obj=model,
            id="intranet.E002",
        )
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin)
        for field in model._meta.get_fields()
        if isinstance(field, TaggableManager) and not isinstance(field, ClusterTaggableManager)
    ]


@register
def no_side_door_is_installed(app_configs=None, **kwargs):
    """Apps that would let a portrait out without passing the gate."""
    return [
        Error(f"{app} must not be installed.", hint="It opens an exit that the gate does not see.", id="intranet.E003")
        for app in settings.INSTALLED_APPS
        if app.startswith(SIDE_DOORS)
    ]


@register
def database_keeps_its_promises(app_configs=None, **kwargs):
    """SQLite upgrades locks without waiting unless transactions start IMMEDIATE."""
    problems = []
    for alias, config in settings.DATABASES.items():
        if config.get("ATOMIC_REQUESTS"):
            problems.append(Error(f"{alias}: ATOMIC_REQUESTS makes every GET a writer.", id="intranet.E004"))
        immediate = config.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE"
        if config["ENGINE"].endswith("sqlite3") and not immediate:
            problems.append(Error(f"{alias}: SQLite needs transaction_mode=IMMEDIATE.", id="intranet.E005"))
    return problems


@register
def each_asked_usage_is_rendered(app_configs=None, **kwargs):
    """Nobody consents to what they have not seen: a usage that can be asked has a renderer."""
    return [
        Error(
            f"Usage « {usage.value} » can be asked but nothing renders it.",
            hint="See portraits/renderings.py.",
            id="intranet.E006",
        )
        for usage in ASKED
        if usage not in renderings.registered()
    ]


@register
def private_files_have_no_address(app_configs=None, **kwargs):
    """The default storage must refuse to give a URL."""
    from django.core.files.storage import default_storage

    try:
        address = default_storage.url("probe.jpg")
    except NotImplementedError:
        return []
    return [
        Error(
            f"The default storage gives addresses ({address}).",
            hint="Use portraits.storage.WithoutUrl.",
            id="intranet.E007",
        )
    ]


@register(Tags.database)
def portraits_have_their_workflow(app_configs=None, databases=None, **kwargs):
    """Somebody reads, then the people are asked: without these steps nothing can be asked. Reads the database, hence
    `manage.py check --database default`."""
    if not _is_migrated(databases):
        return []
    hint = "`manage.py migrate --skip-checks` makes it again (intranet/roles.py)."
    return [Error(sentence, hint=hint, id="intranet.E009") for sentence in workflow.lacks()]


@register(Tags.database)
def nobody_holds_the_right_to_publish(app_configs=None, databases=None, **kwargs):
    """Publishing by hand is refused to everybody: a group that holds the right is promised what it cannot do."""
    from django.contrib.auth.models import Group  # models are not loaded yet when ready() imports this module

    if not _is_migrated(databases):
        return []
    groups = Group.objects.filter(
        permissions__codename="publish_portrait", permissions__content_type__app_label="portraits"
    )
    hint = "Groups are made from intranet/roles.py."
    return [
        Warning(
            f"The group « {group.name} » may publish portraits: the right does nothing.", hint=hint, id="intranet.W001"
        )
        for group in groups.distinct()
    ]


def _is_migrated(databases) -> bool:
    """Before the first migration there is nothing to check."""
    names = connections["default"].introspection.table_names() if "default" in (databases or ()) else []
    return Submission._meta.db_table in names
