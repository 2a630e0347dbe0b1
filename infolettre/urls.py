"""The addresses of the infolettre."""

from django.urls import path

from infolettre.views.archive import archive
from infolettre.views.unsubscribe import unsubscribe

urlpatterns = [
    path("infolettre/<int:number>/", archive, name="infolettre"),
    path("infolettre/desabonnement/<str:token>/", unsubscribe, name="infolettre-desabonnement"),
]
