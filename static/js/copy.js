/* Copying from the previous assessment: the server says what it held, the person ticks, ticked values go into the form.
 * Nothing is saved by it; the values become part of the draft as if they had been typed.
 */
"use strict";
(() => {
  const { one, all, request, say } = window.edc;
  const dialog = one("#dlg-copy");
  if (!dialog) return;

  const isBox = (control) => /^(radio|checkbox)$/.test(control.type);
  const controls = (name) => all(`[name="${CSS.escape(name)}"]`)
    .filter((control) => control.form?.id === "crf-form" && control.type !== "hidden");

  const put = (name, values) => {
    const found = controls(name);
    found.forEach((control) => {
      if (isBox(control)) control.checked = values.includes(control.value);
      else control.value = values[0] ?? "";
    });
    const first = found.find((control) => isBox(control) && control.checked) || found[0];
    if (!first) return null;
    /* An item that applies only with another answer comes into sight with its value. */
    const row = first.closest("[data-when]");
    if (row) row.hidden = false;
    first.dispatchEvent(new Event("input", { bubbles: true }));
    first.dispatchEvent(new Event("change", { bubbles: true }));
    return first;
  };

  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-copy-url]");
    if (!opener) return;
    try {
      const response = await request(opener.dataset.copyUrl);
      if (!response.ok) throw new Error(String(response.status));
      dialog.replaceChildren(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
    } catch { say(opener.dataset.failed); return; }
    dialog.showModal();
  });

  dialog.addEventListener("click", (event) => {
    const go = event.target.closest("[data-copy-go]");
    if (!go) return;
    const ticked = all("[data-copy]:checked", dialog);
    dialog.close();
    const changed = ticked.map((box) => put(box.dataset.copy, JSON.parse(box.dataset.copyValues))).filter(Boolean);
    changed[0]?.focus();
    say(`${go.dataset.said}: ${changed.length}`);
  });
})();
