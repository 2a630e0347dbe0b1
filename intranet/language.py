"""The address alone decides the language: no cache may split on the browser's preference."""


class FrenchVariesOnNothing:
    """LocaleMiddleware says `Vary: Accept-Language` on the unprefixed language, though the prefix alone decides: strip it,
    or shared caches keep one copy per browser. Placed before LocaleMiddleware, so that it sees the header."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith("/admin/") and "Vary" in response:
            kept = [name for name in response["Vary"].split(", ") if name.lower() != "accept-language"]
            if kept:
                response["Vary"] = ", ".join(kept)
            else:
                del response["Vary"]
        return response
