"""An ETag made of the bytes on every public answer, and 304 when the reader has them already."""

from hashlib import sha256

from django.http import HttpResponseNotModified


class Freshness:
    """Answers that said how long they may be kept (`Cache-Control: public`) get an ETag; nothing else is touched."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        keepable = (
            response.status_code == 200 and not response.streaming and "public" in response.get("Cache-Control", "")
        )
        if request.method not in {"GET", "HEAD"} or not keepable or "ETag" in response:
            return response
        etag = f'"{sha256(response.content).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == etag:
            fresh = HttpResponseNotModified()
            for name in ("Cache-Control", "Vary", "X-Robots-Tag"):
                if name in response:
                    fresh[name] = response[name]
            response = fresh
        response["ETag"] = etag
        return response
