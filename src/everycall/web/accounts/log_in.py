"""The form by which people log in."""

from typing import Any

from allauth.account.forms import LoginForm


class LogIn(LoginForm):  # type: ignore[misc]  # allauth says nothing of its types
    """Begins where one types: nobody has to look for the first field."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"].widget.attrs["autofocus"] = True
