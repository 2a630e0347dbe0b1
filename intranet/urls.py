"""Every address of the house."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth import views as auth
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls

import ecrans.urls
import home.urls
import infolettre.urls
import portraits.urls
from intranet import bravo, charter, consents, health, mur, views, wall, words
from intranet.signin import SignIn

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", include(admin_urls)),
    path(
        "connexion/",
        auth.LoginView.as_view(template_name="connexion.html", authentication_form=SignIn),
        name="connexion",
    ),
    path("deconnexion/", auth.LogoutView.as_view(), name="deconnexion"),
    path("intranet/", wall.wall, name="intranet"),
    path("intranet/bravo/", bravo.say, name="bravo"),
    path("intranet/bravo/ecrits/", bravo.mine, name="bravos"),
    path("intranet/mur/", mur.mur, name="mur"),
    path("intranet/mur/reagir/", mur.react, name="reagir"),
    path("intranet/mes-accords/", consents.mine, name="mes-accords"),
    path("intranet/mots/", words.mine, name="mots"),
    path("intranet/mots/dossier-<slug:size>.pdf", words.keep, name="mots-dossier"),
    *portraits.urls.urlpatterns,
    *infolettre.urls.urlpatterns,
    *ecrans.urls.urlpatterns,
    *home.urls.urlpatterns,
]
if settings.DEMO:
    from intranet.demo import mailbox

    urlpatterns += [
        path("demo/courriel/", mailbox.inbox, name="demo-courriel"),
        path("demo/courriel/<str:name>/", mailbox.message, name="demo-message"),
        path("demo/courriel/<str:name>/html/", mailbox.html_part, name="demo-message-html"),
    ]
urlpatterns += i18n_patterns(
    path("charte/", charter.page, name="charte"),
    path("charte.pdf", charter.sheet, name="charte-pdf"),
    *home.urls.by_language,
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
