"""The addresses of the heart."""

from django.urls import path

from portraits.views.consent_page import consent_page
from portraits.views.media import media

urlpatterns = [
    path("consentement/<str:token>/", consent_page, name="consentement"),
    path("m/<slug:usage>/<slug:key>/<slug:spec>.<slug:extension>", media, name="media"),
]
