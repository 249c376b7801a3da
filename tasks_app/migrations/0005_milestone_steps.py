"""Lists that exist get the default steps of the occasion `milestone` (阶段目标), once.

A ladder is kept as rows, so a new occasion says nothing for a list until it has a step of it. It is given here and not
by the running system: a migration runs once, so a step that somebody deletes or switches off afterwards stays so. A list
without any step was made silent on purpose and stays silent. Days and times are written out: what a release gave to the
lists does not change when the defaults do.
"""

import datetime as dt
from typing import Any

from django.db import migrations

OCCASION = "milestone"
# (working days from the milestone's day, who is told)
STEPS = ((-5, "liaison"), (-1, "liaison"))


def give_steps(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    step = apps.get_model("tasks_app", "ReminderStep").objects.using(database)
    reminding = step.exclude(task_list_id__in=step.filter(occasion=OCCASION).values("task_list_id"))
    step.bulk_create(
        step.model(
            task_list_id=list_id,
            occasion=OCCASION,
            offset=offset,
            day_kind="workday",
            time=dt.time(9),
            audience=audience,
            channels=["site", "email", "sms"],
        )
        for list_id in sorted(set(reminding.order_by().values_list("task_list_id", flat=True)))
        for offset, audience in STEPS
    )


class Migration(migrations.Migration):
    dependencies = [("tasks_app", "0004_occasions")]

    # The way back leaves them: the release before shows them under their bare code and sends nothing.
    operations = [migrations.RunPython(give_steps, migrations.RunPython.noop)]
