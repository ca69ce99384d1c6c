"""The web process: `gunicorn --no-control-socket trial_edc.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")
application = get_wsgi_application()

from trial_edc.health import refuse_superuser  # noqa: E402  Django must be set up first
from trial_edc.loaded import keep_what_is_loaded  # noqa: E402

refuse_superuser()
keep_what_is_loaded()
