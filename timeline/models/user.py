"""Who may write: the project's own user, and the tokens with which programs act for one."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from knox.models import AbstractAuthToken


class User(AbstractUser):
    """An editor or reader. What one may see and change follows from the permissions of Django's groups."""


class Token(AbstractAuthToken):
    """A program's key to the API, stored as a digest and shown once, when it is made."""

    name = models.CharField(
        max_length=100, blank=True, help_text="What uses it, so that it can be revoked safely."
    )

    def __str__(self) -> str:
        return f"{self.name or 'token'} {self.token_key[:8]}… of {self.user}"
