/* Draft autosave: 800 ms after the last change and on leaving a field, with retries; state always visible. */
"use strict";
(() => {
  const { one, request, icon } = window.edc;
  const page = one("[data-crf]");
  const form = one("#crf-form");
  const url = page?.dataset.draftUrl;
  if (!form || !url) return;
  const state = one("#savest");

  let dirty = false;
  let submitting = false;
  let timer = 0;
  let failures = 0;
  let change = 0;
  let running = null;
  let savedAt = "";

  const show = (symbol, text, css) => {
    if (!state) return;
    const words = document.createElement("span");
    words.textContent = text;
    state.className = `savest ${css}`.trim();
    state.replaceChildren(icon(symbol, symbol === "arrow-repeat" ? "spin" : ""), words);
  };

  const clock = () => new Date().toTimeString().slice(0, 8);

  const send = async () => {
    clearTimeout(timer);
    if (!dirty || submitting) return;
    if (running) { await running; if (!dirty || submitting) return; }
    const sent = change;
    show("arrow-repeat", state?.dataset.saving, "");
    running = request(url, { method: "POST", body: new FormData(form) })
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status));
        const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
        failures = 0;
        savedAt = answer.saved_at || clock();
        if (sent === change) { dirty = false; show("cloud-check", `${state?.dataset.saved} ${savedAt}`, ""); } else { schedule(800); }
      })
      .catch(() => {
        if (submitting) return;
        failures += 1;
        show("cloud-slash", state?.dataset.failed, "failed");
        schedule(Math.min(30000, 1000 * 2 ** failures));
      })
      .finally(() => { running = null; });
    await running;
  };

  function schedule(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }

  /* Only what belongs to the record counts: text in a query thread is sent by its own button. */
  const ours = (target) => target.form === form && target.type !== "hidden";
  const changed = (event) => {
    if (!ours(event.target)) return;
    dirty = true;
    change += 1;
    schedule(800);
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  document.addEventListener("focusout", (event) => { if (dirty && ours(event.target)) send(); });
  document.addEventListener("edc:rows-changed", () => { dirty = true; change += 1; schedule(800); });
  document.addEventListener("edc:resumed", () => { if (dirty) send(); });
  window.addEventListener("online", () => { if (dirty) send(); });

  /* A draft that is under way is waited for: it must not arrive after the form it belongs to. */
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    submitting = true;
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    Promise.race([running, new Promise((done) => { setTimeout(done, 3000); })]).then(() => {
      running = null;
      form.requestSubmit(event.submitter);
    });
  });
  /* What a refused save sends back is typing like any other, and outlives the tab. */
  if (one("#error-summary")) { dirty = true; schedule(800); }
  window.addEventListener("pageshow", () => { submitting = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty && !submitting) event.preventDefault(); });

  /* Saves what is unsaved and answers with the sentence to show; used before the page is covered. */
  window.edc.saveDraftNow = async () => {
    if (dirty) await send();
    return savedAt ? `${state?.dataset.saved} ${savedAt}.` : "";
  };
})();
