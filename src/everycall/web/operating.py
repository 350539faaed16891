"""The addresses of the pages for whoever runs this."""

from django.urls import path

from everycall.web.measures import measures
from everycall.web.views import attention, erasing, hooks, retention

urlpatterns = [
    path("metrics/", measures, name="measures"),
    path("setup/attention/", attention.attention, name="set-attention"),
    path("setup/erase/", erasing.erase, name="erase"),
    path("setup/retention/", retention.retention, name="retention"),
    path("setup/hooks/", hooks.hooks, name="hooks"),
    path("setup/hooks/<int:pk>/try/", hooks.try_out, name="hook-try"),
    path("setup/hooks/<int:pk>/remove/", hooks.remove, name="hook-remove"),
    path("setup/hooks/told/<int:pk>/again/", hooks.again, name="hook-again"),
]
