"""The app's configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from api import downloads, rendering
        from timeline import kept
        from timeline.exchange.downloads import answer_with

        kept.render_with(rendering.bodies)
        answer_with(downloads.answered)
