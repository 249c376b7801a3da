"""What joins the months of reporting: each chapter puts its acts on the story's agenda."""

from collections.abc import Callable

from tasks_app.management.demo.acts import acts
from tasks_app.management.demo.bulletins import bulletins
from tasks_app.management.demo.lights import lights
from tasks_app.management.demo.notices import notices
from tasks_app.management.demo.queue import queue
from tasks_app.management.demo.scores import scores
from tasks_app.management.demo.story import Story

CHAPTERS: tuple[Callable[[Story], None], ...] = (
    acts,
    bulletins,
    lights,
    notices,
    queue,
    scores,
)
