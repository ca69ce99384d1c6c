from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        from enrollment import panels, services, work
        from trial_edc.casebook import actions, deviations, hooks
        from trial_edc.crf import registry

        actions.register_add_subject(services.add_subject)
        hooks.register("IC", guard=services.guard_consent, follow=services.follow_consent, panel=panels.consent)
        hooks.register("CD70", follow=services.follow_cd70, panel=panels.cd70)
        hooks.register("DM", panel=panels.demographics)
        hooks.register("MH", guard=services.guard_history)
        hooks.register("PT", guard=services.guard_history, panel=panels.prior_therapy)
        hooks.register(
            "IE", guard=services.guard_eligibility, follow=services.follow_eligibility, panel=panels.eligibility
        )
        hooks.register("DV", guard=services.guard_deviation)
        hooks.register_visit(services.follow_visit)
        work.register()
        deviations.register(services.draft_visit_deviation, services.deviation_of_visit)
        hooks.register("SURV", guard=services.guard_survival, panel=panels.survival)
        hooks.register(
            "EOS", guard=services.guard_disposition, follow=services.follow_disposition, panel=panels.disposition
        )
        # What rests on consent holds for the forms of every application.
        for model in registry.all_forms():
            hooks.register(model.crf.oid, guard=services.guard_after_withdrawal)
            hooks.register(model.crf.oid, guard=services.guard_procedure, follow=services.follow_procedure)
