"""config.settings as the suite sees it: nothing of the machine's own data, nothing secret.

Settings are read before any conftest, so the environment is set here. What the caller sets wins: scripts/test hands
in DUBAN_DATABASE_URL for PostgreSQL. Processes that tests start inherit this environment and use config.settings.
"""

import atexit
import os
import shutil
import tempfile

if "DUBAN_DATA_DIR" not in os.environ:
    # A folder of its own, or var/duban.env of a running demo would turn the suite into a demo.
    os.environ["DUBAN_DATA_DIR"] = tempfile.mkdtemp(prefix="duban-tests-")
    atexit.register(shutil.rmtree, os.environ["DUBAN_DATA_DIR"], ignore_errors=True)
os.environ.setdefault("DUBAN_SECRET_KEY", "a key for tests only, long enough to please every check: 0123456789")
# Static files straight from static/, jobs in the process that asks for them.
os.environ.setdefault("DUBAN_EMBEDDED", "1")

from config.settings import *  # noqa: F403

# Every test client would look through all static files anew; the live server serves them by itself.
WHITENOISE_USE_FINDERS = False

# People of the cast sign in all day.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tables as the models describe them, in a second; by the migrations they take ten, in each process of the suite.
# tests/migrations holds the two against each other.
DATABASES["default"]["TEST"] = {"MIGRATE": False}  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file as in production, not Django's database in memory: there all threads of a live server share one connection,
    # and the request of one falls into the transaction of another.
    DATABASES["default"]["TEST"]["NAME"] = str(DATA_DIR / "test.sqlite3")  # noqa: F405
elif "DUBAN_TEST_DATABASE" in os.environ:
    # Two parts of the suite share a server, but no database.
    DATABASES["default"]["TEST"]["NAME"] = os.environ["DUBAN_TEST_DATABASE"]  # noqa: F405
