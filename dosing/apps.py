from django.apps import AppConfig


class DosingConfig(AppConfig):
    name = "dosing"

    def ready(self) -> None:
        # The tasks are imported so that the web process knows them by name, as the worker does.
        from dosing import (  # noqa: F401  # tasks: see above
            bench,
            bench_designs,
            panels,
            tasks,
            tellings,
            work,
        )
        from trial_edc.casebook import actions

        bench.register()
        bench_designs.register()
        work.register()
        tellings.register_all()
        for action in panels.SUBJECT_ACTIONS:
            actions.register(action)
        _register_forms()


def _register_forms() -> None:
    """Say what guards each form, what follows its save, and what stands beside it."""
    from dosing import adjudicating, dose_panels, panels, product_panels, services
    from trial_edc.casebook import hooks

    hooks.register("APH", guard=services.guard_leukapheresis, follow=services.follow_leukapheresis)
    hooks.register(
        "PROD", guard=services.guard_milestone, follow=services.follow_milestone, panel=product_panels.ledger_panel
    )
    hooks.register(
        "REL", guard=services.guard_certificate, follow=services.follow_certificate,
        panel=product_panels.certificate,
    )  # fmt: skip
    hooks.register(
        "LD", guard=services.guard_lymphodepletion, follow=services.follow_lymphodepletion,
        panel=dose_panels.lymphodepletion,
    )  # fmt: skip
    hooks.register("INF", guard=services.guard_infusion, follow=services.follow_infusion, panel=dose_panels.infusion)
    hooks.register("DLT", follow=services.follow_dlt_assessment, panel=adjudicating.day28_panel)
    hooks.register("DLT", panel=adjudicating.evaluability_panel)
    hooks.register("AE", panel=panels.event_panel)
    for oid in ("AE", "CRS", "ICANS", "DTH", "EOS"):
        hooks.register(oid, follow=services.follow_safety_form)
