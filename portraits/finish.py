"""WAGTAIL_FINISH_WORKFLOW_ACTION. Imported while wagtail.models loads: every import is inside the function."""


def finish(workflow_state, user=None):
    """A finished workflow publishes pages as Wagtail does; a portrait is never published by one: consent alone shows it."""
    from wagtail.workflows import publish_workflow_state

    from portraits.models import Portrait

    if not isinstance(workflow_state.content_object, Portrait):
        publish_workflow_state(workflow_state, user)
