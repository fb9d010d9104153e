"""Where the admin and the API stand; the root leads to the API's documentation."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="/api/v1/docs/"), name="root"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
]
handler500 = "api.answers.failure"
