"""Django's SMTP backend with an overall time limit: a server that sends one byte a second blocks nobody for long.

Socket timeouts restart with each byte, so a timer cuts the connection instead.
"""

import smtplib
import socket
import threading
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

SECONDS = 30.0


class _Ending:
    """Cuts the socket `SECONDS` after the last `allow()`."""

    _timer: threading.Timer | None = None
    sock: socket.socket | None

    def allow(self) -> None:
        self.forget()
        self._timer = threading.Timer(SECONDS, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _cut(self) -> None:
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        # The greeting is read inside connect(): the timer has to run before, and sees `sock` once it is there.
        self.allow()
        return super().connect(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        self.forget()
        super().close()  # type: ignore[misc]


class _Smtp(_Ending, smtplib.SMTP):
    pass


class _SmtpSsl(_Ending, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Smtp

    def _send(self, email_message: Any) -> Any:
        connection: Any = self.connection
        connection.allow()
        try:
            return super()._send(email_message)  # type: ignore[misc]
        finally:
            connection.forget()
