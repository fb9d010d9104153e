"""The app's configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from api import rendering
        from timeline import kept

        kept.render_with(rendering.bodies)
