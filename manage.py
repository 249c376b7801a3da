#!/usr/bin/env python
"""Django's command line for Duban."""

import os
import secrets
import sys

# What a developer runs on a fresh clone. These read the code and touch no installation's data, so they need none of its
# secrets; every other command asks for them.
OF_THE_CODE = {
    "makemigrations",
    "optimizemigration",
    "squashmigrations",
    "sqlmigrate",
    "makemessages",
    "compilemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if OF_THE_CODE.intersection(sys.argv[1:2]):
        os.environ.setdefault("DUBAN_SECRET_KEY", secrets.token_urlsafe(50))
        os.environ.setdefault("DUBAN_DATABASE_URL", "sqlite://:memory:")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
