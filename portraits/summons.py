"""The mail that calls those who may read. It names the portrait and its address, nothing of its content."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from portraits import brand
from portraits.models import Circle, DistinctReadingTask, Portrait, ReadingState
from portraits.models.readers import hands


def send(task: DistinctReadingTask, state: ReadingState, portrait: Portrait, *, at: datetime) -> None:
    """Write to each one who may read and is not away, in their language. Rows of the present transaction."""
    revision = portrait.get_latest_revision()
    circle, barred = Circle.of(task, at=at), hands([(state, revision)])[state.pk]
    second = state.workflow_state.task_states.filter(status=state.STATUS_APPROVED, revision=revision).exists()
    there = get_user_model().objects.filter(pk__in=circle.services.keys() - circle.away.keys()).exclude(email="")
    for user in there.order_by("pk"):
        profile = UserProfile.get_for_user(user)
        if circle.why(user, author=revision.user_id, barred=barred, second=second) and profile.submitted_notifications:
            _write(user, profile, portrait, state.workflow_state.requested_by)


def _write(user, profile: UserProfile, portrait: Portrait, submitter) -> None:
    with translation.override(profile.get_preferred_language()):
        name = portrait.first_name
        link = settings.WAGTAILADMIN_BASE_URL + reverse("wagtailsnippets_portraits_portrait:read", args=[portrait.pk])
        context = {"reader": user, "name": name, "link": link, "submitter": submitter, "brand": brand.current()}
        send_mail(
            _("To read: the portrait of %(name)s") % {"name": name},
            render_to_string("portraits/to_read.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [user.email],
        )
