/* Source verification: expand a form, tick with Space, ask with Q, and say what the chosen forms add up to.
 *
 * Markup: <tr id="form-…"> … <input data-choose data-subject="01-001" data-left="12"> … <a data-expand aria-controls="items-…">
 *         <tr data-item-row> … <input data-tick> … <button data-ask> … <div data-thread-place>
 *         <form id="verify-chosen" data-item="{n} item" data-items="{n} items" … data-verify="Verify {items} …">
 */
"use strict";
(() => {
  const { one, all, isTyping } = window.edc;

  /* ---- a form and its items ---- */
  const show = (link, open) => {
    link.setAttribute("aria-expanded", String(open));
    document.getElementById(link.getAttribute("aria-controls")).closest("tr").hidden = !open;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.detail.elt.closest?.("[data-expand]");
    if (link?.getAttribute("aria-expanded") === "true") { event.preventDefault(); show(link, false); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    const link = target.id && one(`[data-expand][aria-controls="${CSS.escape(target.id)}"]`);
    if (link) show(link, true);
    if (target.matches("[data-thread-place]")) (one("[aria-invalid=true]", target) || one("textarea", target))?.focus();
  });

  /* A tick that could not be stored is taken back; one that was refused comes back as its row. */
  ["htmx:responseError", "htmx:sendError"].forEach((name) => document.addEventListener(name, (event) => {
    const box = event.detail.elt;
    if (box.matches?.("[data-tick]")) box.checked = !box.checked;
  }));

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-item-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "q" && !isTyping(event.target)) {
      event.preventDefault();
      one("[data-ask]", row)?.click();
    } else if (event.key === "Escape" && one("[data-thread-place] *", row)) {
      one("[data-thread-place]", row).replaceChildren();
      one("[data-ask]", row)?.focus();
    }
  });

  /* ---- the bar over the chosen forms ---- */
  const bar = one("#verify-chosen");
  if (!bar) return;
  const first = one("[data-bar-words]", bar).textContent;
  const words = (count, singular, plural) => (count === 1 ? singular : plural).replace("{n}", String(count));
  const sum = () => {
    const chosen = all("[data-choose]:checked");
    const subjects = [...new Set(chosen.map((box) => box.dataset.subject))];
    const items = chosen.reduce((count, box) => count + Number(box.dataset.left), 0);
    const said = one("[data-bar-words]", bar);
    one("button", bar).disabled = subjects.length !== 1;
    if (subjects.length === 1) {
      const { item, items: many, form, forms, verify } = bar.dataset;
      said.textContent = verify.replace("{items}", words(items, item, many))
        .replace("{forms}", words(chosen.length, form, forms)).replace("{subject}", subjects[0]);
    } else said.textContent = subjects.length ? bar.dataset.several : first;
  };
  document.addEventListener("change", (event) => { if (event.target.matches("[data-choose]")) sum(); });
  document.addEventListener("htmx:afterSettle", sum);
  window.addEventListener("pageshow", sum);
  sum();
})();
