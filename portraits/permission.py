"""Nobody publishes or deletes a portrait, a person or a photo by hand, superusers included."""

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
