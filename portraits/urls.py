"""The addresses of the heart."""

from django.urls import path

from portraits.views import call, consent_page, counter, pieces, ways_in
from portraits.views.media import media

urlpatterns = [
    path("guichet/", counter.counter_page, name="guichet"),
    path("consentement/", ways_in.find, name="consentement-retrouver"),
    path("consentement/<str:token>/", consent_page.envelope, name="consentement"),
    path("consentement/<str:token>/choix/", consent_page.choices, name="consentement-choix"),
    path("consentement/<str:token>/code/", consent_page.code, name="consentement-code"),
    path("consentement/<str:token>/mot/", consent_page.remark, name="consentement-mot"),
    path("consentement/<str:token>/etat/", consent_page.state, name="consentement-etat"),
    path("consentement/<str:token>/voir/<slug:usage>/", pieces.enlarge, name="consentement-voir"),
    path("consentement/<str:token>/rendu/<slug:usage>/", pieces.rendering, name="consentement-rendu"),
    path("consentement/<str:token>/photo/<slug:spec>.<slug:extension>", pieces.photo, name="consentement-photo"),
    path("consentement/<str:token>/recu.pdf", pieces.receipt, {"extension": "pdf"}, name="consentement-recu"),
    path("consentement/<str:token>/recu.json", pieces.receipt, {"extension": "json"}, name="consentement-recu-donnees"),
    path("consentement/<path:rest>/", call.absent),
    path("m/<slug:usage>/<slug:key>/<slug:spec>.<slug:extension>", media, name="media"),
]
