/* The new column of the bedside sheet: a tap takes over one value, rarely needed lines unfold. No clinical logic. */
"use strict";
(() => {
  const { one, all, say } = window.edc;
  if (!one(".sheet.entering")) return;

  const isBox = (control) => /^(radio|checkbox)$/.test(control.type);
  const told = (control) => ["input", "change"].forEach((kind) => control.dispatchEvent(new Event(kind, { bubbles: true })));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-same]");
    if (!button) return;
    const values = JSON.parse(button.dataset.values);
    const controls = all(`[name="${CSS.escape(button.dataset.same)}"]`).filter((control) => control.type !== "hidden");
    controls.forEach((control) => {
      if (isBox(control)) control.checked = values.includes(control.value);
      else control.value = values[0] ?? "";
    });
    const first = controls.find((control) => isBox(control) && control.checked) || controls[0];
    if (!first) return;
    told(first);
    first.focus({ preventScroll: true });
    say(button.textContent);
  });

  /* Ticking a point of the ICE score says that it was assessed. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[name=ice]")) return;
    const assessed = one("[name=ice_state][value=DONE]");
    if (assessed && !assessed.checked) { assessed.checked = true; told(assessed); }
  });

  const rare = all("[data-rare]");
  const holds = (row) => all("input:not([type=hidden]),select,textarea", row)
    .some((control) => (isBox(control) ? control.checked : control.value !== "")) || one(".errline,.flagline", row);
  const fold = (open) => {
    rare.forEach((row) => { row.hidden = !open && !holds(row); });
    all(".sheet tbody").forEach((block) => {
      const heading = one(".grp", block);
      heading.hidden = all("tr:not(.grp)", block).every((row) => row.hidden);
    });
  };
  const toggle = one("[data-show-rare]");
  fold(false);
  toggle?.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    fold(open);
  });
})();
