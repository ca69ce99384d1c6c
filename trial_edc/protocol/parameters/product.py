"""Parameters of leukapheresis, of the product's chain of identity, of lymphodepletion and of the infusion.

What the release certificate asks beside these numbers is in `trial_edc.protocol.release_specification`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from trial_edc.protocol.parameters.model import Section, assumed

_product = partial(assumed, Section.PRODUCT)
_USUAL = "Assumption: the limit usual for cell products"
_LABEL = "Assumption: the prescribing information of fludarabine, taken over as shares of the planned dose"

PRODUCT = (
    _product("product.coi_pattern", "C70-[0-9]{6}", "", "Form of a chain-of-identity number (regular expression)."),
    _product("product.coi_example", "C70-000123", "", "A chain-of-identity number as an example beside the field."),
    _product("product.identifiers_checked", 2, "identifiers", "Compared at every step of the product, at least."),
    _product("product.storage_temperature_c", Decimal(-130), "°C", "A frozen product is kept at or below this."),
    _product("leukapheresis.haemoglobin_g_l", Decimal(80), "g/L", "Haemoglobin before the procedure, at least."),
    _product("leukapheresis.lymphocytes_10e9_l", Decimal("0.5"), "×10⁹/L",
             "Lymphocytes before the procedure, at least."),
    _product("leukapheresis.cd3_cells_10e9", Decimal(1), "×10⁹ cells", "CD3+ cells collected, at least."),
    _product("release.car_percent_minimum", Decimal(10), "%", "CAR+ cells of a lot, at least.", _USUAL),
    _product("release.viability_percent_minimum", Decimal(70), "%", "Viability of a lot, at least.", _USUAL),
    _product("release.vector_copies_maximum", Decimal(5), "copies/cell", "Vector copy number, at most.", _USUAL),
    _product("release.endotoxin_eu_ml_maximum", Decimal(5), "EU/mL", "Endotoxin of a lot, at most."),
    _product("lymphodepletion.fludarabine_mg_m2", Decimal(30), "mg/m²", "Planned dose of each day."),
    _product("lymphodepletion.cyclophosphamide_mg_m2", Decimal(300), "mg/m²", "Planned dose of each day."),
    _product("lymphodepletion.full_dose_clearance_ml_min", Decimal(80), "mL/min",
             "Creatinine clearance from which fludarabine is given in full.", _LABEL),
    _product("lymphodepletion.reduced_dose_clearance_ml_min", Decimal(50), "mL/min",
             "From here to the full dose the first reduction holds.", _LABEL),
    _product("lymphodepletion.lowest_clearance_ml_min", Decimal(30), "mL/min",
             "From here on the second reduction holds; below it no fludarabine is given.", _LABEL),
    _product("lymphodepletion.first_reduction_percent", Decimal(20), "%", "First reduction of fludarabine.", _LABEL),
    _product("lymphodepletion.second_reduction_percent", Decimal(40), "%", "Second reduction of fludarabine.", _LABEL),
    _product("infusion.thaw_to_end_minutes", 30, "minutes", "From the thaw of a bag to the end of its infusion."),
    _product("infusion.gate_temperature_c", Decimal("38.0"), "°C",
             "The temperature of the last 48 hours stays below this."),
    _product("infusion.gate_oxygen_saturation_percent", 92, "%", "Oxygen saturation on room air, at least."),
    _product("infusion.gate_ecog", 1, "", "ECOG performance status, at most."),
)  # fmt: skip
