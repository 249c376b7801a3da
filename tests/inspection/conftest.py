"""After every test the search keys are looked at."""

from tests.support.keys import keys_follow  # noqa: F401
