"""Every address."""

from django.urls import include, path
from django.views.generic import RedirectView

from everycall.web.api.app import api
from everycall.web.views import callbacks, calls, health, now, people, report, setup, site, tokens

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="now"), name="home"),
    path("now/", now.now, name="now"),
    path("live/stream", now.no_stream, name="live-stream"),
    path("wall/<str:secret>/", now.wall, name="wall"),
    path("wall/<str:secret>/stream", now.no_stream, name="wall-stream"),
    path("setup/walls/", now.walls, name="walls"),
    path("setup/walls/<int:pk>/", now.edit_wall, name="wall-edit"),
    path("setup/walls/<int:pk>/revoke/", now.revoke_wall, name="wall-revoke"),
    path("calls/", calls.ledger, name="calls"),
    path("calls/<path:call_id>/", calls.call, name="call"),
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("callbacks/<int:pk>/", callbacks.callback, name="callback"),
    path("callbacks/<int:pk>/calls/<int:line>/", callbacks.settle, name="callback-settle"),
    path("callbacks/<int:pk>/<str:name>/", callbacks.act, name="callback-act"),
    path("report/", report.report, name="report"),
    path("setup/", setup.setup, name="setup"),
    path("setup/site/", site.site, name="setup-site"),
    path("setup/trail/", site.trail, name="trail"),
    path("setup/people/", people.people, name="people"),
    path("setup/people/new/", people.edit, name="person-new"),
    path("setup/people/<int:pk>/", people.edit, name="person"),
    path("setup/people/<int:pk>/link/", people.invite_again, name="person-link"),
    path("setup/people/<int:pk>/switch/", people.switch, name="person-switch"),
    path("setup/teams/new/", people.team, name="team-new"),
    path("setup/teams/<int:pk>/", people.team, name="team"),
    path("setup/keys/", tokens.tokens, name="tokens"),
    path("setup/keys/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("join/<str:name>/<str:key>/", people.join, name="join"),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("api/v1/", api.urls),
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
]
