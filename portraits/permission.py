"""What no administrator may do: publish or delete by hand, or read who refused."""

from django.contrib.auth.models import Permission
from django.db.models import Q
from wagtail.permission_policies import ModelPermissionPolicy


class NeverAlone(ModelPermissionPolicy):
    """Publishing belongs to consent, deleting to retention (a PROTECTed delete answers 500 in Wagtail's admin)."""

    refused = frozenset({"publish", "delete"})

    def user_has_permission(self, user, action):
        return action not in self.refused and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)


def guards_consents(user) -> bool:
    """Whether this account is a consent officer's: by a group or by itself, never for being the administrator's. One query
    for an administrator, else what was read of the account already. Whatever tells who refused asks this, not `has_perm`,
    which answers yes to every superuser."""
    if not user.is_superuser:
        return user.has_perm("portraits.guard_consents")
    held = Permission.objects.filter(content_type__app_label="portraits", codename="guard_consents")
    return bool(user.is_active and held.filter(Q(group__user=user) | Q(user=user)).exists())
