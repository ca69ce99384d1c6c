/* Idle time: warn two minutes before the end, cover the page at the end, return to the same field after the password. */
"use strict";
(() => {
  const { one, all, request, takeCsrfToken, say } = window.edc;
  const settings = document.body.dataset;
  const limit = Number(settings.idleSeconds) * 1000;
  const warnAt = limit - Math.min(120000, limit / 2);
  /* The page closes a little before the server does, so that the last draft still gets through. */
  const closeAt = limit - 3000;
  const warning = one("#dlg-idle");
  const cover = one("#dlg-timeout");
  if (!limit || !warning || !cover) return;

  let lastContact = Date.now();
  let covered = false;
  let returnTo = null;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("edc-session") : null;

  const touched = () => { lastContact = Date.now(); if (warning.open) warning.close(); };
  document.addEventListener("edc:contact", () => { touched(); tabs?.postMessage("contact"); });
  tabs?.addEventListener("message", (event) => {
    if (event.data === "contact" && !covered) touched();
    if (event.data === "resumed" && covered) uncover();
  });

  const stay = async () => {
    try {
      const response = await request(settings.keepAliveUrl, { method: "POST", deliberate: true });
      if (response.ok) touched();
    } catch { /* offline: the next activity tries again; a lost session covers the page by itself */ }
  };

  /* Reading and moving about count as presence, but the server hears of it at most once a minute. */
  let pinging = false;
  const active = async () => {
    if (covered || warning.open || pinging || Date.now() - lastContact < 60000) return;
    pinging = true;
    await stay();
    pinging = false;
  };
  ["keydown", "pointerdown", "wheel"].forEach((name) => document.addEventListener(name, active, { passive: true }));

  const coverPage = async () => {
    if (covered) return;
    covered = true;
    if (!warning.open) returnTo = document.activeElement;
    else warning.close();
    all("dialog[open]").forEach((dialog) => { if (dialog !== cover) { dialog.close(); dialog.dataset.reopen = "1"; } });
    document.body.classList.add("covered");
    if (!cover.open) cover.showModal();
    one("input[type=password]", cover).focus();
    /* Covered first, saved second: a slow network must not leave the page readable. */
    const said = await window.edc.saveDraftNow?.().catch(() => "");
    one("[data-draft-said]", cover).textContent = said || "";
  };

  function uncover() {
    covered = false;
    touched();
    cover.close();
    document.body.classList.remove("covered");
    all("dialog[data-reopen]").forEach((dialog) => { delete dialog.dataset.reopen; if (dialog !== warning) dialog.showModal(); });
    returnTo?.focus?.();
    document.dispatchEvent(new CustomEvent("edc:resumed"));
  }

  const showError = (text) => {
    const error = one("#resume-error");
    error.textContent = text;
    error.hidden = !text;
  };

  one("[data-resume]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const password = one("input[type=password]", form);
    const button = one("[type=submit]", form);
    if (button.disabled) return;
    button.disabled = true;
    showError("");
    try {
      const response = await fetch(form.getAttribute("action"), {
        method: "POST", body: new FormData(form), credentials: "same-origin",
        headers: { "X-CSRFToken": one("input[name=csrfmiddlewaretoken]")?.value || "", "X-Requested-With": "XMLHttpRequest" },
      });
      const answer = await response.json();
      if (answer.ok) {
        /* Signing in changes the token that protects every form on the page. */
        takeCsrfToken(answer.csrf_token || document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]);
        uncover();
        tabs?.postMessage("resumed");
      } else {
        showError(answer.error);
        password.focus();
      }
    } catch {
      showError(form.dataset.offline);
    }
    password.value = "";
    button.disabled = false;
  });

  /* Escape must not uncover the page. */
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => { if (covered) cover.showModal(); });
  warning.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  one("[data-stay]").addEventListener("click", stay);
  document.addEventListener("edc:signed-out", coverPage);

  const clock = (milliseconds) => {
    const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };

  /* Wall-clock time, not a counter: a laptop that slept past the end is covered the moment it wakes. */
  const tick = () => {
    if (covered) return;
    const idle = Date.now() - lastContact;
    if (idle >= closeAt) { coverPage(); return; }
    if (idle >= warnAt) {
      one("[data-remaining]").textContent = clock(limit - idle);
      if (!warning.open) { returnTo = document.activeElement; warning.showModal(); say(one("h2", warning).textContent); }
    }
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
})();
