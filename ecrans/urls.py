"""The addresses of screens and posters."""

from django.urls import path

from ecrans.views import affiche, player

urlpatterns = [
    path("a/<slug:code>/", affiche.check, name="affiche"),
    path("a/<slug:code>/merci/", affiche.thanks, name="affiche-merci"),
    path("ecran/", player.player, name="ecran"),
    path("ecran/sw.js", player.worker, name="ecran-worker"),
    path("ecran/<slug:public_id>/", player.opened, name="ecran-open"),
    path("ecran/<slug:public_id>/manifest", player.manifest, name="ecran-manifest"),
]
