"""Who may do what: the four roles and their permissions, in one table.

Each role is a group of Django's of the same name. A migration made the groups; where the table changes, a new
migration has to change them. A site may give its groups other permissions; `set_roles` puts these back.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

# The nouns that have an address in the API.
THINGS = ("actor", "contract", "event", "eventkind", "place", "role", "source", "tag", "timeline")
# What belongs to one of them and is edited with it. Who changes a thing adds, changes and removes its lines.
LINES = (
    *("affiliation", "alias", "checknote", "citation", "contractitem", "contractparty", "distinction"),
    *("eventrelation", "identifier", "milestone", "participation", "paymentterm", "timelineentry"),
)
ACCOUNTS = ("user", "group", "token")
# What the program writes and people look at.
RECORDS = ("merge",)
# That something was erased. Who may add one may erase.
ERASURES = ("erasure",)
# What goes through review (timeline/review.py).
REVIEWED = ("contract", "event")

READ = ("view",)
EDIT = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")
ERASE = ("view", "add")
# Also to return, retract, and take up again what was retracted.
PUBLISH = ("publish",)

# What each role may do with which nouns. Accounts and erasing are the administrators' alone.
ROLES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "reader": {THINGS: READ, LINES: READ, RECORDS: READ},
    "editor": {THINGS: EDIT, LINES: ALL, RECORDS: READ},
    "reviewer": {THINGS: ALL, LINES: ALL, RECORDS: READ, REVIEWED: PUBLISH},
    "administrator": {
        THINGS: ALL, LINES: ALL, RECORDS: READ, REVIEWED: PUBLISH, ERASURES: ERASE, ACCOUNTS: ALL,
    },
}  # fmt: skip


def actions(role: str, noun: str) -> tuple[str, ...]:
    """What the role may do with the noun. A token, once made, is changed by nobody; it is deleted."""
    found = (action for nouns, actions in ROLES[role].items() if noun in nouns for action in actions)
    return tuple(action for action in found if (noun, action) != ("token", "change"))


def permissions(role: str) -> set[tuple[str, str]]:
    """The permissions of the role, by app and codename."""
    return {
        ("auth" if noun == "group" else "timeline", f"{action}_{noun}")
        for nouns in ROLES[role]
        for noun in nouns
        for action in actions(role, noun)
    }


def set_roles() -> Iterator[str]:
    """Give the groups the permissions of the table and no others; yields the roles. Makes what is gone."""
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        asked = Q(pk=None)
        for app, codename in permissions(role):
            asked |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(Permission.objects.filter(asked))
        yield role
