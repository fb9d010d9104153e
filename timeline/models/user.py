"""Who may write: the project's own user, and the tokens with which programs act for one."""

from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AbstractAuthToken

from timeline.waiting import without_waiting

NOTED_EVERY = timedelta(hours=1)


class User(AbstractUser):
    """An editor or reader. What one may see and change follows from the permissions of Django's groups."""


class Token(AbstractAuthToken):
    """A program's key to the API, stored as a digest and shown once, when it is made.

    It acts for its user: with scope `read` it never writes, whatever the user may do.
    """

    class Scope(models.TextChoices):
        READ = "read", "read only"
        WRITE = "write", "read and write"

    name = models.CharField(max_length=100, help_text="What uses it, so that it can be revoked safely.")
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.name or 'token'} {self.token_key[:8]}… of {self.user}"

    @property
    def has_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    def note_use(self) -> None:
        """Set `last_used_at`, at most once an hour, and only if that is possible at once."""
        now = timezone.now()
        if self.last_used_at and now - self.last_used_at < NOTED_EVERY:
            return
        due = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
        rows = Token.objects.filter(due, pk=self.pk)
        with suppress(DatabaseError), without_waiting(), transaction.atomic():
            free = rows.select_for_update(skip_locked=True)
            rows.filter(pk__in=free.values("pk")).update(last_used_at=now)


class IdempotencyKey(models.Model):
    """A request that was carried out, with its answer, so that the same request sent again is not."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.PositiveSmallIntegerField()
    location = models.TextField(blank=True)
    etag = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_is_used_once"),)

    def __str__(self) -> str:
        return self.key
