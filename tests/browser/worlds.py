"""What the sites of the tests have in them. Each function fills a database and returns what to know."""

from __future__ import annotations

from typing import Any

PASSWORD = "a password for tests"
# Who is at the desk, by role.
STAFF = {"writer": "editor", "publisher": "reviewer", "keeper": "administrator"}


def empty() -> None:
    """Tables, the roles, and the people who work here; no event and no vocabulary."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group
    from django.core.management import call_command

    from timeline.models import User

    call_command("migrate", interactive=False, verbosity=0)
    password = make_password(PASSWORD)  # once: it is slow on purpose
    for username, role in STAFF.items():
        user = User.objects.create(username=username, password=password, is_staff=True)
        user.groups.set([Group.objects.get(name=role)])
    User.objects.create(username="root", password=password, is_staff=True, is_superuser=True)


def nothing_entered() -> None:
    """As `empty` left it."""


def furnished() -> Any:
    """The article of the fixtures, and something on each page of the desk. Returns ids."""
    from django.core.management import call_command

    from timeline import models

    call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    text = "Turkey took part. A contract was signed in the spring, and the first elements arrived in July."
    source = models.Source.objects.create(title="A note on deliveries", kind="article", text=text)
    told = {
        "event": models.Event.objects.get(slug="second-contract-announced").pk,
        "contract": models.Contract.objects.order_by("id")[0].pk,
        "actor": models.Actor.objects.get(slug="turkey").pk,
        "place": models.Place.objects.order_by("id")[0].pk,
        "timeline": models.Timeline.objects.get().pk,
        "source": source.pk,
    }
    return told | _reviewed(source)


def _reviewed(source: Any) -> dict[str, int]:
    """One event in each state of review, one that was changed twice, and an actor who is there twice."""
    from timeline import models, review
    from timeline.history.changesets import changeset

    writer = models.User.objects.get(username="writer")
    publisher = models.User.objects.get(username="publisher")
    kind = models.EventKind.objects.order_by("id")[0]
    made = {}
    for name, quote in (
        ("waiting", "signed in the spring"),
        ("returned", "arrived in June"),
        ("retracted", "Turkey took part"),
        ("changed", "first elements arrived"),
        ("published", "A contract was signed"),
    ):
        with changeset(by=writer):
            event = models.Event.objects.create(title=f"What is {name}", kind=kind, date="spring of 2019")
            models.Citation.objects.create(event=event, source=source, quote=quote)
            review.take(review.SEND, event, writer)
        made[name] = event
    later = models.Event.objects.get(slug="second-contract-announced")
    models.EventRelation.objects.create(event=made["waiting"], kind="responds_to", related=later)
    twice = models.Actor.objects.create(name="Dmitri Shugayev", kind="person")
    role = models.Role.objects.order_by("id")[0]
    models.Participation.objects.create(event=made["published"], actor=twice, role=role)
    with changeset(by=publisher):
        review.take(review.PUBLISH, made["published"], publisher)
        review.take(review.RETURN, made["returned"], publisher, "Look at the month again.")
        review.take(review.PUBLISH, made["retracted"], publisher)
        review.take(review.RETRACT, made["retracted"], publisher, "The source took it back.")
    changed = made["changed"]
    with changeset(by=writer):
        changed.summary = "The first elements arrived in July, as had been agreed."
        changed.save()
    with changeset(by=publisher, message="The source has put the month right"):
        changed.summary = "The first elements arrived in August, later than had been agreed."
        changed.save()
        turkey = models.Actor.objects.get(slug="turkey")
        models.Participation.objects.create(event=changed, actor=turkey, role=role, capacity="as the buyer")
    with changeset(by=writer):
        deleted = models.Event.objects.create(title="What was deleted", kind=kind)
    with changeset(by=publisher, message="Entered twice"):
        deleted.delete()
    revision = models.Revision.objects.filter(noun="event", thing_id=changed.pk).latest("id")
    return {name: event.pk for name, event in made.items()} | {"twice": twice.pk, "version": revision.pk}


def hostile() -> Any:
    """Twelve payloads in every text of every noun. Returns for each payload the ids by noun."""
    from tests.browser.hostile import PAYLOADS, a_poisoned_world
    from timeline.models import User

    User.objects.filter(username="root").update(first_name=PAYLOADS[0])
    return [a_poisoned_world(number, payload) for number, payload in enumerate(PAYLOADS, 1)]
