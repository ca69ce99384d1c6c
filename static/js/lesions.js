/* The page of an assessment: a finding that needs more than a diameter opens what stands behind the row. */
"use strict";
(() => {
  const MORE = ["split", "merged", "not_evaluable"];
  document.addEventListener("change", (event) => {
    const select = event.target;
    if (!select.name?.endsWith("-status") || !MORE.includes(select.value)) return;
    select.closest("[data-row]")?.querySelector("details.rare")?.setAttribute("open", "");
  });
})();
