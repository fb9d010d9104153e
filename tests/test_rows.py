"""Rows that are inserted by statements of the project's own: the values are those that Django would store."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from rest_framework.fields import empty

from api import serializers
from api.serializers.base import RecordSerializer, StrictSerializer
from timeline.rows import AS_IT_IS

VALUES = {str: "a %s b", int: 7, bool: True}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", AS_IT_IS)
def test_what_goes_to_the_database_as_it_is_django_would_send_as_it_is(kind: type[Any]) -> None:
    value = VALUES[AS_IT_IS[kind]]
    assert kind().get_db_prep_save(value, connection) is value


def written() -> list[StrictSerializer]:
    """A serializer of each noun that is written, and of each of its lines."""
    nouns = [getattr(serializers, name)() for name in serializers.__all__]
    nouns = [one for one in nouns if isinstance(one, RecordSerializer)]
    lists = [field for noun in nouns for field in noun.fields.values() if hasattr(field, "child")]
    return [*nouns, *(one.child for one in lists if isinstance(one.child, StrictSerializer))]


def test_what_a_body_leaves_out_is_right_as_the_model_has_it() -> None:
    """So nothing has to be asked of it when a new row is written."""
    seen = 0
    for serializer in written():
        assert all(field.default is empty for field in serializer.fields.values())
        model: Any = serializer.Meta.model
        row = model()
        given = {field.source for field in serializer._writable_fields if field.required}
        for column in row._meta.concrete_fields:
            if column.name in given or column.is_relation or column.primary_key or column.generated:
                continue
            value = getattr(row, column.attname)
            if isinstance(value, models.expressions.DatabaseDefault) or (
                column.blank and value in column.empty_values
            ):
                continue
            column.clean(value, row)
            seen += 1
    assert seen > 20
