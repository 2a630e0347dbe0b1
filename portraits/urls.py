"""The addresses of the heart."""

from django.urls import path

from portraits.views import consent_page
from portraits.views.media import media

urlpatterns = [
    path("consentement/<str:token>/", consent_page.envelope, name="consentement"),
    path("consentement/<str:token>/choix/", consent_page.choices, name="consentement-choix"),
    path("consentement/<str:token>/etat/", consent_page.state, name="consentement-etat"),
    path("consentement/<str:token>/voir/<slug:usage>/", consent_page.enlarge, name="consentement-voir"),
    path("consentement/<str:token>/rendu/<slug:usage>/", consent_page.rendering, name="consentement-rendu"),
    path("consentement/<str:token>/photo/<slug:spec>.<slug:extension>", consent_page.photo, name="consentement-photo"),
    path("consentement/<path:rest>/", consent_page.absent),
    path("m/<slug:usage>/<slug:key>/<slug:spec>.<slug:extension>", media, name="media"),
]
