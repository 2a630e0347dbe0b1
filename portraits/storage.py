"""Where photographs of people lie: a storage that has no address to give."""

from django.core.files.storage import FileSystemStorage


class WithoutUrl(FileSystemStorage):
    """Forgetting the gate becomes an exception, not a leak. (`base_url=None` is not enough: the parent still builds /media/….)"""

    def url(self, name):
        raise NotImplementedError("Private files have no URL: go through the gated media view.")
