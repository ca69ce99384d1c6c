/* A log and the form of one of its rows: a click anywhere in a row opens it, arrows move among the rows, Escape leads
 * from the form back to its row. Without this script the same links do the same.
 *
 * Markup: <table data-log-rows> … <a id="log-AE-LOG-3" href="…form…?next=log">   <a data-log-close>, <a data-log-step>
 */
"use strict";
(() => {
  const { one, all, isTyping } = window.edc;
  const rowLinks = (table) => all("tbody th a", table);

  /* What is typed is kept as a draft before the page is left, so nothing asks and nothing is lost. */
  const leave = async (link) => {
    await window.edc.saveDraftNow?.();
    window.location.assign(link.href);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-log-rows] tbody a,[data-log-step],[data-log-close]");
    if (link) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      leave(link);
      return;
    }
    const row = event.target.closest("[data-log-rows] tbody tr");
    if (row && !event.target.closest("a,button,input,label") && !String(window.getSelection())) one("th a", row)?.click();
  });

  document.addEventListener("keydown", (event) => {
    const table = event.target.closest?.("[data-log-rows]");
    if (table && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const links = rowLinks(table);
      const at = links.indexOf(document.activeElement);
      const wanted = links[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (at >= 0 && wanted) { event.preventDefault(); wanted.focus(); }
      return;
    }
    const step = event.altKey && { PageUp: "prev", PageDown: "next" }[event.key];
    if (step) {
      const link = one(`[data-log-step][rel=${step}]`);
      if (link) { event.preventDefault(); leave(link); }
      return;
    }
    if (event.key !== "Escape" || event.defaultPrevented || one("dialog[open]")) return;
    const close = one("[data-log-close]");
    if (!close || one("details[data-menu][open]")) return;
    /* The first Escape leaves the field, as in every grid; the next one leaves the form. */
    if (isTyping(event.target)) { event.target.blur(); return; }
    leave(close);
  });

  document.addEventListener("DOMContentLoaded", () => {
    const wanted = window.location.hash.slice(1);
    const back = wanted.startsWith("log-") ? document.getElementById(wanted) : null;
    if (back?.matches("a")) back.focus();
    one("[data-log-rows] tr.opened")?.scrollIntoView({ block: "nearest" });
  });
})();
