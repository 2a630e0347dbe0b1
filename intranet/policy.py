"""The content policy of each part of the house: strict in public, and Wagtail's own needs under /admin/."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware

ADMIN = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],  # the editor emits inline scripts without a nonce
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "form-action": [SELF],
    "base-uri": [SELF],
}


class ContentPolicy(CSPMiddleware):
    """django-csp, with a looser policy for the CMS only. A view that chose its own keeps it: mails are shown there too."""

    def process_response(self, request, response):
        if request.path.startswith("/admin/") and getattr(response, "_csp_replace", None) is None:
            response._csp_replace = ADMIN
        return super().process_response(request, response)
