"""Django's command line for this project."""

import os
import secrets
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")
    if sys.argv[1:2] == ["evaluate"]:
        # The rule bench signs nothing and opens no database: anybody may run it from a bare checkout.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
