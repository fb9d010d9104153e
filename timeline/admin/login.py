"""Logging in, which nobody may try as often as they like."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from timeline.rates import Counter, address_of


class LoginForm(AdminAuthenticationForm):
    """After too many wrong passwords from one address it checks none for the rest of the time."""

    def clean(self) -> dict[str, Any]:
        address = address_of(self.request.META if self.request else {})
        failures = Counter(settings.RATES["failures"], f"login:{address}")
        if failures.is_full():
            seconds = ceil(failures.wait())
            raise ValidationError(f"Too many wrong passwords. Try again in {seconds} seconds.", "throttled")
        try:
            return super().clean()
        except ValidationError:
            failures.add()
            raise
