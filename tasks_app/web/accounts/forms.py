"""The sign-in form, in the words of the house."""

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password. The form never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("用户名或密码不正确。请检查大小写和输入法后再试。"),
        "inactive": _("这个账号已停用。如仍需使用，请联系管理员启用。"),
    }

    def get_invalid_login_error(self) -> ValidationError:
        """Only a person who knows the password is told that the account is switched off."""
        user = get_user_model()._default_manager.filter(username=self.cleaned_data["username"], is_active=False).first()
        if user is not None and user.check_password(self.cleaned_data["password"]):
            return ValidationError(self.error_messages["inactive"], code="inactive")
        return super().get_invalid_login_error()
