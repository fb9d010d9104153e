"""`python -m tests.browser.prepare WORLD`: fill the database of DATABASE_URL with a world of worlds.py.

Prints as JSON what the tests have to know of it.
"""

import json
import os
import sys

import django


def main(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    from tests.browser import worlds

    print(json.dumps(getattr(worlds, name)()))


if __name__ == "__main__":
    main(sys.argv[1])
