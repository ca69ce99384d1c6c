/* The entry page: checks and computed values from the server on leaving a field, dates, side panels, keyboard. */
"use strict";
(() => {
  const { one, all, say, request, icon, isTyping } = window.edc;
  const page = one("[data-crf]");
  if (!page) return;
  const form = one("#crf-form");
  const { liveUrl, dateUrl, presenceUrl, subject } = page.dataset;

  /* ---- fragments: an element with an id replaces the content of its namesake, unless someone is typing in it ---- */
  const describe = (flags) => {
    const control = document.getElementById(flags.dataset.for);
    if (!control) return;
    const { described, state } = flags.dataset;
    if (described) control.setAttribute("aria-describedby", described); else control.removeAttribute("aria-describedby");
    if (state === "hard" && control.getAttribute("role") !== "group") control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    control.classList.toggle("is-invalid", state === "hard");
    if (control.matches("input,select,textarea")) control.classList.toggle("soft", state === "soft");
  };
  const take = (html) => {
    const answer = new DOMParser().parseFromString(html, "text/html");
    for (const fresh of answer.body.children) {
      const current = fresh.id && document.getElementById(fresh.id);
      if (!current || current.contains(document.activeElement)) continue;
      Object.assign(current.dataset, fresh.dataset);
      if (current.innerHTML !== fresh.innerHTML) current.replaceChildren(...fresh.childNodes);
      if (current.dataset.for) describe(current);
    }
  };

  /* ---- live check, after a changed field was left; only the newest answer counts ---- */
  let asked = null;
  let changedSinceCheck = false;
  const check = async () => {
    if (!liveUrl || !form || !changedSinceCheck) return;
    changedSinceCheck = false;
    asked?.abort();
    asked = new AbortController();
    try {
      const response = await request(liveUrl, { method: "POST", body: new FormData(form), signal: asked.signal });
      if (response.ok || response.status === 422) take(await response.text());
    } catch { /* a newer check replaced this one, or the network is away: the draft line says so */ }
  };
  const ours = (target) => form && target.form === form;
  document.addEventListener("input", (event) => { if (ours(event.target)) changedSinceCheck = true; });
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!ours(target)) return;
    changedSinceCheck = true;
    if (target.name.startsWith("confirm-")) sameCheck(target);
    if (target.matches("[data-date]")) readDate(target).then(check);
    else check();
  });
  document.addEventListener("edc:rows-changed", () => { changedSinceCheck = true; check(); });

  /* One check can speak about two fields; confirming it in one row confirms it in the other. */
  const sameCheck = (box) => {
    all(`input[name="${CSS.escape(box.name)}"]`).forEach((other) => { other.checked = box.checked; });
  };

  /* ---- dates: the server reads them, the field is rewritten and the weekday and study day are said ---- */
  const echoOf = (input) => document.getElementById(`${input.id}-echo`);
  const showEcho = (input, symbol, css, text) => {
    const echo = echoOf(input);
    if (!echo) return;
    const words = document.createElement("span");
    words.textContent = text;
    echo.className = `echo ${css === "c-bad" ? "bad" : ""}`.trim();
    echo.replaceChildren(...(text ? [icon(symbol, css), words] : []));
  };
  async function readDate(input) {
    const typed = input.value.trim();
    input.classList.remove("is-invalid");
    input.removeAttribute("aria-invalid");
    if (!typed) { showEcho(input, "", "", ""); return; }
    const query = new URLSearchParams({ value: typed, partial: input.dataset.date === "partial" ? "1" : "0", subject: subject || "" });
    try {
      const answer = await (await request(`${dateUrl}?${query}`)).json();
      if (input.value.trim() !== typed) return;
      if (answer.ok) {
        input.value = answer.text;
        const partial = answer.text.includes("UN");
        showEcho(input, partial ? "question-circle" : "check-lg", partial ? "c-warn" : "c-ok", answer.echo || "");
      } else {
        input.classList.add("is-invalid");
        input.setAttribute("aria-invalid", "true");
        showEcho(input, "exclamation-circle-fill", "c-bad", answer.error);
      }
      say(answer.ok ? `${answer.text} ${answer.echo || ""}` : answer.error);
    } catch { /* offline: the text stays as typed and is read again when the form is saved */ }
  }

  /* ---- query thread and history: one panel per button, opened in the row under the value ---- */
  const panelOf = (button) => document.getElementById(button.dataset.panel);
  const closePanel = (button, { focus = false } = {}) => {
    panelOf(button)?.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    if (focus) button.focus();
  };
  const openPanel = async (button) => {
    const history = button.dataset.panel.endsWith("-history");
    if (history) all("[data-panel$='-history'][aria-expanded=true]").forEach((other) => closePanel(other));
    let html;
    try {
      const response = await request(button.dataset.url);
      if (!response.ok) throw new Error(String(response.status));
      html = await response.text();
    } catch { return; }
    const panel = document.createElement("div");
    panel.id = button.dataset.panel;
    panel.className = history ? "pop panel-history" : "panel-thread";
    panel.dataset.opener = button.dataset.panel;
    panel.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    button.closest(".f,td").append(panel);
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", panel.id);
    window.htmx?.process(panel);
    (one("textarea", panel) || one("[data-panel-close]", panel))?.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  };
  const openerOf = (panel) => one(`[data-panel="${CSS.escape(panel.dataset.opener)}"]`);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-panel]");
    if (button) {
      if (button.getAttribute("aria-expanded") === "true") closePanel(button); else openPanel(button);
      return;
    }
    const close = event.target.closest("[data-panel-close]");
    if (close) closePanel(openerOf(close.closest("[data-opener]")), { focus: true });
    else if (!event.target.closest(".panel-history")) all(".panel-history").forEach((panel) => closePanel(openerOf(panel)));
  });
  document.addEventListener("submit", async (event) => {
    const sent = event.target.closest("[data-panel-form]");
    if (!sent) return;
    event.preventDefault();
    const panel = sent.closest("[data-opener]");
    /* The attribute, not the property: a button called "action" hides the property. */
    const body = new FormData(sent, event.submitter);
    try {
      const response = await request(sent.getAttribute("action"), { method: "POST", body });
      const html = await response.text();
      panel.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      (one("[aria-invalid=true]", panel) || openerOf(panel))?.focus();
      if (response.ok) { changedSinceCheck = true; check(); }
    } catch { delete sent.dataset.busy; }
  }, true);

  /* ---- source verification: one tick is one request; a refused one is taken back ---- */
  document.addEventListener("change", async (event) => {
    const box = event.target.closest("[data-verify]");
    if (!box) return;
    const body = new FormData();
    body.set("verified", box.checked ? "1" : "0");
    try {
      const response = await request(box.dataset.verify, { method: "POST", body });
      if (!response.ok) throw new Error(String(response.status));
      say(`${box.getAttribute("aria-label")}: ${box.checked ? "✓" : "–"}`);
    } catch { box.checked = !box.checked; }
  });

  /* ---- keyboard ---- */
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "s") {
      const save = one("[data-save]");
      if (save) { event.preventDefault(); save.click(); }
    } else if (control && event.key === "Enter") {
      const complete = one("[data-complete]");
      if (complete) { event.preventDefault(); complete.click(); }
    } else if (event.key === "Enter" && ours(event.target) && event.target.matches("input:not([type=submit])")) {
      event.preventDefault();
      nextControl(event.target)?.focus();
    } else if (event.key === "Escape") {
      const panel = event.target.closest?.("[data-opener]") || one(".panel-history");
      if (panel) { event.preventDefault(); closePanel(openerOf(panel), { focus: true }); }
    }
  });
  /* Enter never submits; it goes on to the next field, as Tab does, past the buttons of the row. */
  const nextControl = (from) => {
    const row = from.closest(".f,td");
    const later = all(".f .ctl, td", one("#entry")).map((cell) => one("input:checked,input:not([type=hidden]),select,textarea", cell));
    const controls = later.filter((control) => control && control.form === form && control.offsetParent);
    return controls.find((control) => control.closest(".f,td") !== row && (row.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING));
  };

  /* ---- choosing between two people's values: every field needs a choice ---- */
  document.addEventListener("click", (event) => {
    const send = event.target.closest("[data-resolve]");
    if (!send) return;
    const open = all("[data-choice]").filter((row) => !one("input:checked", row));
    const error = one("[data-choice-error]");
    error.hidden = open.length === 0;
    if (open.length) { event.preventDefault(); one("input", open[0]).focus(); }
  });

  /* ---- who else is here: asked in the background, which does not count as activity ---- */
  if (presenceUrl) {
    setInterval(async () => {
      if (document.hidden || document.body.classList.contains("covered")) return;
      try {
        const response = await request(presenceUrl, { background: true });
        if (response.status === 200) take(await response.text());
      } catch { /* asked again in half a minute */ }
    }, 30000);
  }

  /* A link to #id_temperature-thread opens that conversation. */
  const opened = location.hash && one(`[data-panel="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`);
  if (opened && !isTyping(document.activeElement)) openPanel(opened);
})();
