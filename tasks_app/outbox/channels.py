"""The doors out of the house. Only `outbox.actions` opens them."""

from django.core.mail import EmailMessage

from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message


def send(message: Message) -> None:
    """Hand a message to its channel. Raises whatever the channel raises when it does not take it.

    On the site a message is delivered by being marked sent.
    """
    if message.channel == Channel.EMAIL:
        EmailMessage(
            subject=message.subject,
            body=message.mail_body,
            to=[message.recipient.email],
            headers={"Message-ID": message.mail_id},
        ).send()
