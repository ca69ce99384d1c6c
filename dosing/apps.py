from django.apps import AppConfig


class DosingConfig(AppConfig):
    name = "dosing"

    def ready(self) -> None:
        # The tasks are imported so that the web process knows them by name, as the worker does.
        from dosing import bench, bench_designs, panels, services, tasks, tellings, work  # noqa: F401
        from trial_edc.casebook import actions, hooks

        bench.register()
        bench_designs.register()
        work.register()
        tellings.register_all()
        for action in panels.SUBJECT_ACTIONS:
            actions.register(action)
        hooks.register("INF", guard=services.guard_infusion, follow=services.follow_infusion)
        hooks.register("LD", follow=services.follow_lymphodepletion)
        hooks.register("DLT", follow=services.follow_dlt_assessment)
        hooks.register("AE", panel=panels.event_panel)
        for oid in ("AE", "CRS", "ICANS", "DTH", "EOS"):
            hooks.register(oid, follow=services.follow_safety_form)
