"""Addresses without their last slash: led on to the one that there is, with the method and the body."""

from django.http import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware


class LedOn(HttpResponsePermanentRedirect):
    """A 308. After Django's 301 clients ask with GET, and take the list that comes for what they made."""

    status_code = HttpResponsePermanentRedirect.status_code_preserve_request


class SlashMiddleware(CommonMiddleware):
    """Django's own, with that answer."""

    response_redirect_class = LedOn
