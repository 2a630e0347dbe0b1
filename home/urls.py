"""The addresses with a dot, which a routed page cannot have, and those that are no page."""

from django.urls import path

from home import feeds, thanks, views

urlpatterns = [
    path("flux/rss.xml", feeds.Rss(), name="flux-rss"),
    path("flux/atom.xml", feeds.Atom(), name="flux-atom"),
    path("flux/feed.json", feeds.json_feed, name="flux-json"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("images/<int:pk>/", views.illustration, name="illustration"),
    path("intranet/portraits/<slug:slug>/", views.colleague, name="colleague"),
]

# In each language, under its own prefix (intranet.urls).
by_language = [
    path("merci/", thanks.thanks, name="merci"),
    path("merci/recu/<str:key>/", thanks.received, name="merci-recu"),
    path("merci/<slug:slug>/", thanks.thanks, name="merci-a"),
]
