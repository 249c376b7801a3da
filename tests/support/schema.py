"""Tables from the models, without the way of the migrations; and what a database is made of, in lines to compare.

`python -m tests.support.schema` prints the lines of the database that DUBAN_DATABASE_URL names.
"""

import json

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

IN_SQLITE = "select name, sql from sqlite_master where type in ('table', 'index') and sql is not null"
IN_POSTGRESQL = """
select 'column ' || table_name || '.' || column_name || ' ' || data_type || coalesce(character_maximum_length::text, '')
       || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
       || ' ' || is_identity
  from information_schema.columns where table_schema = 'public'
union all
select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
union all
select 'index ' || indexdef from pg_indexes where schemaname = 'public'
"""
LEFT_OUT = ("django_migrations", "column auth_group_permissions.id ")


def make_tables() -> None:
    """Fill an empty database with the tables that the models describe, as the suite's own are made."""
    by_migrations = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = by_migrations


def schema() -> list[str]:
    """Every column, constraint and index of today's connection, a line each.

    Left out are the record of migrations, and the kind of number that a table of Django's own, auth_group_permissions,
    counts its rows with: it is what the settings say where no migration does.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(IN_SQLITE)
            lines = [f"{name}: {part}" for name, sql in cursor.fetchall() for part in _parts(sql)]
        else:
            cursor.execute(IN_POSTGRESQL)
            lines = [line for (line,) in cursor.fetchall()]
    return sorted(line for line in lines if not any(name in line for name in LEFT_OUT))


def _parts(statement: str) -> list[str]:
    """A CREATE TABLE's columns and constraints, whatever their order; any other statement is one part."""
    head, _, body = statement.partition("(")
    if not head.startswith("CREATE TABLE"):
        return [statement]
    parts, depth = [""], 0
    for sign in body.rpartition(")")[0]:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(schema()))  # noqa: T201 - the answer, read by the test
