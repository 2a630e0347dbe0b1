"""The person's page (being built)."""

from django.http import HttpResponse


def consent_page(request, token):
    return HttpResponse()
