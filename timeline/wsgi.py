"""The WSGI application, which does not start with settings that a public site must not have."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
application = get_wsgi_application()

from timeline.checks import refuse_unsafe_settings  # noqa: E402  (needs the app registry)
from timeline.limits import set_up_connections  # noqa: E402

# manage.py runs the system checks by itself; a server that imports this module would not.
refuse_unsafe_settings()
set_up_connections()
