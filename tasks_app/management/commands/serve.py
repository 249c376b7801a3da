"""Serve the pages and run the clock in one process: the embedded mode of ./scripts/run."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from config.celery import start_embedded_clock
from tasks_app.accounts.demo import demo_accounts


class Command(BaseCommand):
    help = "单进程运行：网页与时钟在一起，不需要 Redis（DUBAN_EMBEDDED=1）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("serve 只用于单进程运行，请设 DUBAN_EMBEDDED=1；正式部署见 docs/deploy.md。")
        address = f"{options['host']}:{options['port']}"
        self.stdout.write(f"\n督办台账已启动：http://{address}/   （按 Ctrl-C 停止）")
        for account in demo_accounts():
            self.stdout.write(f"  {account.role_label}\t{account.username}\t密码 {account.password}\t{account.unit}")
        self.stdout.flush()
        Server(address).run()


class Server(BaseApplication):
    """Gunicorn with one threaded worker, in which the clock runs too."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def load_config(self) -> None:
        settings_of_gunicorn = {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": 1,
            "threads": 8,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": lambda worker: start_embedded_clock(settings.DATA_DIR),
            "graceful_timeout": 5,
        }
        for name, value in settings_of_gunicorn.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_wsgi_application()
