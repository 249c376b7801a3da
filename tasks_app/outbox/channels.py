"""The doors out of the house. Only `outbox.actions` opens them."""

from django.conf import settings
from django.core.mail import EmailMessage

from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message


def send(message: Message) -> None:
    """Hand a message to its channel. Raises whatever the channel raises when it does not take it.

    On the site a message is delivered by being marked sent. The Message-ID follows from the row,
    so that a mail repeated after a crash is recognised as the same.
    """
    if message.channel == Channel.EMAIL:
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
        EmailMessage(
            subject=message.subject,
            body=f"{message.body}\n\n{settings.BASE_URL}{message.path}",
            to=[message.recipient.email],
            headers={"Message-ID": f"<duban-{message.pk}@{host}>"},
        ).send()
