from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"

    def ready(self) -> None:
        from safety import bench, bench_laboratory, ctcae, expected_draws, logs, panels, registration, services, work
        from safety.bedside.actions import BEDSIDE_ACTION, BEDSIDE_OF_VISIT, EVENTS_ACTION
        from trial_edc.casebook import actions, hooks, required, suggestions

        bench.register()
        bench_laboratory.register()
        work.register()
        required.register(expected_draws.cytokine_draws)
        suggestions.register("ctcae", lambda typed: [term.name for term in ctcae.search(typed)], ctcae.described)
        hooks.register("VS", guard=services.guard_assessment)
        hooks.register("CRS", guard=services.guard_assessment, follow=services.follow_crs, panel=panels.crs_panel)
        hooks.register("ICANS", guard=services.guard_assessment, follow=services.follow_icans, panel=panels.icans_panel)
        hooks.register("AE", guard=services.guard_adverse_event)
        registration.register()
        hooks.register("DTH", guard=services.guard_death, follow=services.follow_death)
        logs.register()
        actions.register(EVENTS_ACTION)
        actions.register(BEDSIDE_ACTION)
        actions.register_visit(BEDSIDE_OF_VISIT)
