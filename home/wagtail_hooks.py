"""What is posted elsewhere, in the CMS."""

from wagtail import hooks

from home.viewsets import publications


@hooks.register("register_admin_viewset")
def posts():
    return publications
