"""The search key of texts, made by the database: for tables that keep no key of their own.

On SQLite the function is ours (`lib.text`), on PostgreSQL it is put together from what the server has; both leave no
blank, so a word is compared by `folded_key`.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from tasks_app.lib.text import normalise, squeeze

FUNCTION = "duban_folded"
# Stands between two columns, so that no word is found across them.
BETWEEN = "¦"
# The shapes of one sign, as lib.text makes them one.
OPEN, CLOSE, DASHES = "〔［【〖「『﹝", "〕］】〗」』﹞", "‐‑‒–—―─−－"
SHAPES = f"{OPEN}{CLOSE}{DASHES}“”‘’"
PLAIN = f"{'[' * len(OPEN)}{']' * len(CLOSE)}{'-' * len(DASHES)}\"\"''"


def folded_key(text: str) -> str:
    return squeeze(normalise(text))


class Folded(Func):
    """The key of one or several text columns, without blanks. Reads every row: for tables of some thousand rows."""

    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function=FUNCTION, **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        shapes, plain = (signs.replace("'", "''") for signs in (SHAPES, PLAIN))
        one_shape = f"translate(normalize(concat_ws('{BETWEEN}', %(expressions)s), NFKC), '{shapes}', '{plain}')"
        template = rf"regexp_replace(lower({one_shape}), '\s+', '', 'g')"
        return super().as_sql(compiler, connection, template=template, **context)


def teach(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Receiver of `connection_created`: SQLite learns the function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, -1, _of_values, deterministic=True)


def _of_values(*values: str | None) -> str:
    return BETWEEN.join(folded_key(value) for value in values if value is not None)
