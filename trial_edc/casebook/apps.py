from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "trial_edc.casebook"
    label = "casebook"

    def ready(self) -> None:
        from trial_edc.casebook.selectors import (  # noqa: F401  # they register themselves
            desk_lists,
            people_lists,
            tellings,
        )
        from trial_edc.celery import app

        # Who saves a form sends tasks by name: the web process and every command must know them as the worker does.
        app.autodiscover_tasks(force=True)
