"""Which passwords are good enough, beside Django's own checks."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's check with sentences of our own: its Chinese catalogue has none for this one."""

    def get_error_message(self) -> str:
        words = ngettext("密码太短，至少要有 %(n)d 个字符。", "密码太短，至少要有 %(n)d 个字符。", self.min_length)
        return words % {"n": self.min_length}

    def get_help_text(self) -> str:
        words = ngettext("密码至少要有 %(n)d 个字符。", "密码至少要有 %(n)d 个字符。", self.min_length)
        return words % {"n": self.min_length}
