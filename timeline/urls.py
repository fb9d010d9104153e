"""Where the admin and the API stand; the root leads to the API's documentation."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

# Lazy: where static files have hashes in their names, these are known once the files are gathered.
icon = lazy(static, str)("timeline/icon.svg")
urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("", RedirectView.as_view(url="/api/v1/docs/"), name="root"),
    # Browsers ask for it where no page names another: beside the answers of the API.
    path("favicon.ico", RedirectView.as_view(url=icon), name="icon"),
    path("admin/", admin.site.urls),
]
handler500 = "api.answers.failure"
