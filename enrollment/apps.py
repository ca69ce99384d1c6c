from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        from enrollment import panels, services
        from trial_edc.casebook import actions, hooks

        actions.register_add_subject(services.add_subject)
        hooks.register("IC", guard=services.guard_consent, follow=services.follow_consent)
        hooks.register(
            "IE", guard=services.guard_eligibility, follow=services.follow_eligibility, panel=panels.eligibility
        )
        hooks.register("EOS", follow=services.follow_disposition)
        hooks.register("CD70", panel=panels.cd70)
