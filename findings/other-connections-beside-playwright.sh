#!/usr/bin/env bash
# Guess:    Playwright's synchronous interface leaves synchronous Django alone, apart from the known refusal that
#           DJANGO_ALLOW_ASYNC_UNSAFE lifts.
# Happened: from sync_playwright().start() to stop(), django.db.connection stands for another connection in the same
#           thread. A transaction that was open before stays open on the first one: its rows are not seen, another
#           write waits for it until SQLite says that the database is locked, and set_rollback() complains that there is
#           no atomic block. After stop() the first connection is back, transaction and all. Playwright keeps an event
#           loop running in the thread, and asgiref, which holds Django's connections, then keeps them per context
#           instead of per thread.
# Versions: Django 5.2.19, asgiref 3.13.0, playwright 1.65.2
# Who:      whoever shares data among tests in one open transaction and runs browser tests in the same process; with
#           other parts of a suite in other processes it never shows.
# Here:     tests/support/browser.py takes down what stands and closes all connections before it starts Playwright.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Django==5.2.19 asgiref==3.13.0 playwright==1.65.2
cd "$folder"
DJANGO_ALLOW_ASYNC_UNSAFE=true "$folder/venv/bin/python" - <<'PY'
import sys

import django
from django.conf import settings

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "ledger.sqlite3", "OPTIONS": {"timeout": 1}}
settings.configure(DATABASES={"default": DATABASE})
django.setup()

from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from playwright.sync_api import sync_playwright


def rows():
    with connection.cursor() as cursor:
        return cursor.execute("select count(*) from task").fetchone()[0]


def outcome(act):
    try:
        act()
    except (OperationalError, TransactionManagementError) as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def write():
    with connection.cursor() as cursor:
        cursor.execute("insert into task values ('供热管道更新')")


with connection.cursor() as cursor:
    cursor.execute("create table task (name text)")
seen = {}
with transaction.atomic():
    write()
    first = connection.connection
    seen["rows before"], seen["in a transaction before"] = rows(), connection.in_atomic_block
    playwright = sync_playwright().start()
    seen["rows beside Playwright"], seen["in a transaction beside Playwright"] = rows(), connection.in_atomic_block
    seen["the same connection"] = connection.connection is first
    seen["another write"] = outcome(write)
    seen["rolling back"] = outcome(lambda: transaction.set_rollback(True))
    connection.close()
    playwright.stop()
    seen["rows after"], seen["the first connection is back"] = rows(), connection.connection is first
for what, value in seen.items():
    print(f"{what}: {value}")
as_stated = list(seen.values()) == [
    1, True, 0, False, False, "OperationalError: database is locked",
    "TransactionManagementError: The rollback flag doesn't work outside of an 'atomic' block.", 1, True,
]
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
