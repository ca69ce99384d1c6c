/* The list of queries with a conversation beside it: a click anywhere in a row opens it, Escape closes it.
 *
 * Markup: <table data-query-list> … <a data-open-query hx-get="…fragment…" href="?…&open=12">
 *         <section id="beside" data-thread-place> … <h2 data-panel-title> … <a data-close-panel href="?…">
 */
"use strict";
(() => {
  const { one, all } = window.edc;
  const beside = one("#beside");
  if (!beside) return;

  const mark = (link) => {
    all("[data-open-query][aria-current]").forEach((other) => {
      other.removeAttribute("aria-current");
      other.closest("tr").classList.remove("opened");
    });
    link?.setAttribute("aria-current", "true");
    link?.closest("tr").classList.add("opened");
  };

  const close = (link) => {
    const row = one("[data-open-query][aria-current]");
    beside.replaceChildren();
    history.replaceState(null, "", link.href);
    mark(null);
    (row || one("h1")).focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-close-panel]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); close(link); return; }
    const row = event.target.closest("[data-query-list] tbody tr");
    if (row && !event.target.closest("a,button,input,label") && !String(window.getSelection())) one("[data-open-query]", row)?.click();
  });
  document.addEventListener("keydown", (event) => {
    const link = event.key === "Escape" && !one("dialog[open]") && one("[data-close-panel]", beside);
    if (link && beside.contains(event.target)) close(link);
  });

  /* What was opened takes the focus, or, after a refusal, what has to be corrected. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== beside) return;
    const opener = event.detail.requestConfig?.elt;
    if (opener?.matches("[data-open-query]")) mark(opener);
    (one("[aria-invalid=true]", beside) || one("[data-panel-title]", beside))?.focus();
  });
})();
