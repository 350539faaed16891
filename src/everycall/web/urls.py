"""Every address."""

from django.urls import include, path
from django.views.generic import RedirectView

from everycall.web.views import calls, health, report, setup

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="calls"), name="home"),
    path("now/", RedirectView.as_view(pattern_name="calls"), name="now"),
    path("calls/", calls.ledger, name="calls"),
    path("calls/<path:call_id>/", calls.call, name="call"),
    path("report/", report.report, name="report"),
    path("setup/", setup.setup, name="setup"),
    path("setup/site/", RedirectView.as_view(pattern_name="calls"), name="setup-site"),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
]
