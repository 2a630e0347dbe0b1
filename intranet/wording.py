"""Words of Wagtail that its French leaves open, « un(e) », « Nouvel(le) »: named here so that our catalogue, read first,
says them. Nothing imports this."""

from django.utils.translation import gettext_noop

ADD = gettext_noop("Add %(model_name)s")
ADD_A_ROW = gettext_noop("Add %(label)s")
NEW = gettext_noop("New: %(model_name)s")
CREATED = gettext_noop("%(model_name)s '%(object)s' created.")
UPDATED = gettext_noop("%(model_name)s '%(object)s' updated.")
LOCKED = gettext_noop("Locked")
