"""Signing in, and changing the own password."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tasks_app import clock
from tasks_app.accounts.actions import change_password
from tasks_app.accounts.demo import demo_accounts
from tasks_app.web.accounts.forms import SignInForm


class SignIn(LoginView):
    """The sign-in page; in the demo it lists the accounts to try."""

    form_class = SignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # With ?next= the page is shown: the person was sent here because their own account has no access there.
        if request.user.is_authenticated and not self.get_redirect_url():
            return HttpResponseRedirect(self.get_default_redirect_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_accounts=demo_accounts(), **kwargs)


class ChangePassword(PasswordChangeView):
    """The own password; other sessions of the person end, this one stays."""

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = change_password(
            user=form.user, new_password=form.cleaned_data["new_password1"], by=form.user, at=clock.now()
        )
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(self.get_success_url())
