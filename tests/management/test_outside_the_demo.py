"""A real installation starts without anybody."""

import pytest
from django.core.management import CommandError, call_command

from tasks_app.accounts.demo import demo_accounts
from tasks_app.accounts.models import User


def test_outside_the_demo_there_is_no_default_account(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DUBAN_DEMO"):
        call_command("seed_demo")
    assert demo_accounts() == []
    assert not User.objects.exists()
