/* Behaviour every page shares. No clinical logic here or in any other script: computed values come from the server. */
"use strict";
window.edc = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Announces a sentence to screen readers without moving focus. */
  const say = (text) => {
    const live = one("#live");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 30);
  };

  const csrfToken = () => one("input[name=csrfmiddlewaretoken]")?.value || "";
  const takeCsrfToken = (token) => {
    if (token) all("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
  };

  /* fetch with the headers every request of ours carries; a lost session covers the page instead of failing silently. */
  const request = async (url, { method = "GET", body = null, background = false, deliberate = false, signal = null } = {}) => {
    /* While the page asks whether anyone is there, only the answer to that question counts as presence: opening the
       dialog itself takes focus from a field and so sends that field's draft and check. */
    const unattended = background || (!deliberate && Boolean(one("#dlg-idle[open],#dlg-timeout[open]")));
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
    if (unattended) headers["X-Background"] = "1";
    const response = await fetch(url, { method, body, headers, signal, credentials: "same-origin" });
    const signedOut = response.status === 401 || (response.redirected && response.url.includes("/sign-in/"));
    if (signedOut) {
      document.dispatchEvent(new CustomEvent("edc:signed-out"));
      throw new Error("signed out");
    }
    if (!unattended) document.dispatchEvent(new CustomEvent("edc:contact"));
    return response;
  };

  const sprite = () => (one("svg.i use")?.getAttribute("href") || "").split("#")[0];
  const icon = (name, css = "") => {
    const namespace = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(namespace, "svg");
    svg.setAttribute("class", `i ${css}`.trim());
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(namespace, "use");
    use.setAttribute("href", `${sprite()}#${name}`);
    svg.append(use);
    return svg;
  };

  /* Moves focus to the control behind a link: the input itself, or the first option of a named group. */
  const focusField = (identifier) => {
    /* A value that is shown as text has no control of its own; its row takes the focus. */
    const target = document.getElementById(identifier) || document.getElementById(`row-${identifier}`);
    if (!target) return false;
    const focusable = "input:not([type=hidden]),select,textarea,button,a,[tabindex]";
    const control = target.matches(focusable) ? target : one(focusable, target);
    if (!control) target.tabIndex = -1;
    (control || target).focus();
    (control || target).scrollIntoView({ block: "center" });
    return document.activeElement === (control || target);
  };

  const isTyping = (element) => Boolean(element.closest?.("input:not([type=radio]):not([type=checkbox]),textarea,select,[contenteditable]"));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-field-link]");
    if (link?.hash && focusField(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
    if (event.target.closest("[data-print]")) window.print();
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !one("dialog[open]")) {
      const find = one("[data-find]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    }
    if (event.key === "Escape") {
      all("details[data-menu][open]").forEach((menu) => { menu.open = false; one("summary", menu).focus(); });
    }
  });

  /* Submit buttons work once per request; the server ignores a repeated token as well. A download leaves the page where
     it is, and its form must work again. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
    if (event.submitter?.hasAttribute("data-download")) return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    form.dataset.busy = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    all("form[data-busy]").forEach((form) => { delete form.dataset.busy; });
    all("[aria-disabled=true][type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
  });

  /* The fragment library notes the current address for its history; an address can name a subject, so nothing is kept. */
  const forget = () => { try { sessionStorage.clear(); } catch { /* storage switched off: nothing is kept anyway */ } };
  ["load", "pagehide"].forEach((name) => window.addEventListener(name, forget));
  document.addEventListener("htmx:pushedIntoHistory", forget);

  document.addEventListener("DOMContentLoaded", () => {
    one("[data-focus]")?.focus();
    all("dialog[data-open-now]").forEach((dialog) => dialog.showModal());
    /* In a strip that scrolls sideways, the place where one is stands in view. */
    all("nav [aria-current=page]").forEach((here) => {
      const strip = here.closest("nav");
      const [inner, outer] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
      if (inner.right > outer.right) strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    });
  });

  return { one, all, say, request, icon, focusField, takeCsrfToken, isTyping };
})();
