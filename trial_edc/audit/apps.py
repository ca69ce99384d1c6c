from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "trial_edc.audit"
    label = "audit"

    def ready(self) -> None:
        from trial_edc.audit import grants, system_checks  # noqa: F401  registers the checks

        post_migrate.connect(grants.grant_application_role, dispatch_uid="audit.grants")
