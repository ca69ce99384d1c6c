from django.apps import AppConfig


class EfficacyConfig(AppConfig):
    name = "efficacy"

    def ready(self) -> None:
        from efficacy import bench, bench_endpoints, bench_kinetics, panels, sample_panels, services, work
        from efficacy.selectors import opening
        from trial_edc.casebook import hooks

        bench.register()
        bench_endpoints.register()
        bench_kinetics.register()
        for oid in ("TL", "NTL", "NL"):
            hooks.register(oid, guard=services.guard_tumour_form, follow=services.follow_tumour_form)
        hooks.register("TL", panel=panels.target_panel)
        hooks.register("NTL", panel=panels.non_target_panel)
        hooks.register("RESP", guard=services.guard_response, follow=services.follow_tumour_form)
        hooks.register("RESP", panel=panels.response_panel)
        hooks.register("RESP", panel=panels.immune_panel)
        hooks.register("CYT", guard=services.guard_sample, panel=sample_panels.cytokine_panel)
        hooks.register("PKB", guard=services.guard_sample, panel=sample_panels.blood_panel)
        hooks.register("PKT", guard=services.guard_biopsy, panel=sample_panels.tumour_panel)
        opening.register()
        work.register()
