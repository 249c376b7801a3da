"""What a rule refuses, said once on the page that comes next."""

from django.contrib import messages

from tasks_app.lib.errors import Refused
from tasks_app.web.shared.http import Request


class refusals_shown:
    """`with refusals_shown(request):` around an act and the answer to its success; below it, where a refusal leads.

    The sentence of a Refused becomes a message and the view goes on below the block; any other error passes. A class
    and no generator: only so does the type checker know that what stands below the block is reached.
    """

    def __init__(self, request: Request) -> None:
        self.request = request

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: object) -> bool:
        if not isinstance(error, Refused):
            return False
        messages.error(self.request, str(error))
        return True
