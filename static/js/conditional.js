/* Items that apply only with certain answers: shown and hidden as the answer changes; clearing is asked, never silent. */
"use strict";
(() => {
  const { one, all } = window.edc;
  const rows = all("[data-when]");
  const dialog = one("#dlg-clear");
  if (!rows.length || !dialog) return;

  const controls = (name) => all(`[name="${CSS.escape(name)}"]`).filter((control) => control.type !== "hidden");
  const answers = (name) => controls(name)
    .filter((control) => !/^(radio|checkbox)$/.test(control.type) || control.checked)
    .map((control) => control.value);
  const applies = (row) => {
    const wanted = row.dataset.whenValues.split("|");
    return answers(row.dataset.when).some((answer) => wanted.includes(answer));
  };
  const inputs = (row) => all("input:not([type=hidden]),select,textarea", row)
    .filter((control) => control.form?.id === "crf-form" && !/^(confirm|explain)-/.test(control.name));
  const filled = (row) => inputs(row).filter((control) => (/^(radio|checkbox)$/.test(control.type) ? control.checked : control.value !== ""));
  const told = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

  /* The answer as it was, so that it can be taken back. */
  const former = new Map();
  const remember = (name) => former.set(name, answers(name));
  const restore = (name) => {
    const was = former.get(name) || [];
    controls(name).forEach((control) => {
      if (/^(radio|checkbox)$/.test(control.type)) control.checked = was.includes(control.value);
      else control.value = was[0] || "";
    });
    told(controls(name)[0]);
  };
  new Set(rows.map((row) => row.dataset.when)).forEach(remember);

  const clear = (row) => {
    inputs(row).forEach((control) => {
      if (/^(radio|checkbox)$/.test(control.type)) control.checked = false;
      else control.value = "";
    });
    row.hidden = true;
    all("[name]", row).map((control) => control.name).forEach(settle);
  };
  const settle = (name) => rows.filter((row) => row.dataset.when === name).forEach((row) => {
    row.hidden = !applies(row) && filled(row).length === 0;
  });

  document.addEventListener("change", (event) => {
    const name = event.target.name;
    if (!name || !former.has(name)) return;
    const losing = rows.filter((row) => row.dataset.when === name && !applies(row) && filled(row).length);
    if (!losing.length) { remember(name); settle(name); return; }
    if (dialog.open) return;
    one("[data-clear-list]", dialog).replaceChildren(...losing.map((row) => {
      const line = document.createElement("li");
      line.textContent = one(".q", row).textContent;
      return line;
    }));
    dialog.dataset.item = name;
    dialog.showModal();
  });
  one("[data-clear-keep]", dialog).addEventListener("click", () => { const { item } = dialog.dataset; dialog.close(); restore(item); });
  one("[data-clear-go]", dialog).addEventListener("click", () => {
    const { item } = dialog.dataset;
    const losing = rows.filter((row) => row.dataset.when === item && !applies(row));
    dialog.close();
    losing.forEach(clear);
    remember(item);
    settle(item);
    const control = controls(item)[0];
    if (control) told(control);
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); one("[data-clear-keep]", dialog).click(); });
})();
