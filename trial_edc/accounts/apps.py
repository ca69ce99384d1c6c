from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "trial_edc.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Signing in is an access event, not a change of the account: it is in the log of sign-ins with its time, and
        # the account's row, which the trail guards, stays as it is.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
