"""`python -m tests.trust.prepare`: fill the database that DATABASE_URL names, for the servers of the tests.

Prints the token of somebody who may write everything.
"""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    from django.core.management import call_command

    from tests.api.world import a_world
    from timeline.models import Token, User

    call_command("migrate", interactive=False, verbosity=0)
    a_world("One")
    a_world("Hidden", review="draft")
    user = User.objects.create(username="writer", is_superuser=True)
    _, token = Token.objects.create(user, name="tests", scope=Token.Scope.WRITE)
    print(token)


if __name__ == "__main__":
    main()
