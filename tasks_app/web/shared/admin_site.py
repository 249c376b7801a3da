"""后台: Django's admin, for administrators only, behind the house's own sign-in page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.permissions import can_enter_back_office
from tasks_app.web.shared.http import Request


def is_keeper(request: HttpRequest) -> bool:
    """May this person work in the admin?"""
    return bool(request.user.is_authenticated) and can_enter_back_office(cast(Request, request).viewer)


def _say_icons(response: SimpleTemplateResponse) -> None:
    """What Django's icons say to a screen reader stands in its code in English."""
    page = response.content.decode()
    for english, words in (("True", gettext("是")), ("False", gettext("否")), ("Search", gettext("搜索"))):
        page = page.replace(f' alt="{english}">', f' alt="{words}">')
    response.content = page


class DubanAdminSite(AdminSite):
    site_header = _("督办台账后台")
    site_title = _("督办台账后台")
    index_title = _("单位、用户与规则")

    def has_permission(self, request: HttpRequest) -> bool:
        return is_keeper(request)

    def admin_view(  # type: ignore[override]
        self, view: Callable[..., Any], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def said(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = inner(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.add_post_render_callback(_say_icons)
            return response

        return said

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page; who is signed in already and is no administrator is told so."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """There is one way out, too."""
        return LogoutView.as_view()(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The own password is changed on the house's own page, which records it."""
        return redirect("password_change")
