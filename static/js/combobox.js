/* A text field with a list that the server fills: arrows choose, Enter takes, Escape closes, any text can be typed. */
"use strict";
(() => {
  const { one, all, say } = window.edc;
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => all("[role=option]:not([aria-disabled])", listOf(input));
  const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

  const show = (input, open) => {
    listOf(input).hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { input.removeAttribute("aria-activedescendant"); mark(input, null); }
  };
  const mark = (input, chosen) => {
    options(input).forEach((option) => option.setAttribute("aria-selected", String(option === chosen)));
    if (!chosen) return;
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const marked = (input) => options(input).find((option) => option.getAttribute("aria-selected") === "true");
  const take = (input, option) => {
    input.value = option.dataset.value;
    show(input, false);
    /* The field changed without typing: drafts and checks have to hear of it, the search does not. */
    input.dispatchEvent(new CustomEvent("change", { bubbles: true }));
    input.focus();
    say(option.textContent);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.target.closest?.(".combo-list");
    const input = list && one("[data-combo]", list.parentElement);
    if (!input) return;
    show(input, list.children.length > 0 && document.activeElement === input);
  });

  const steps = { ArrowDown: 1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[data-combo]");
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = options(input);
    const at = found.indexOf(marked(input));
    if (event.key in steps && found.length) {
      show(input, true);
      const next = at < 0 && steps[event.key] < 0 ? found.length - 1 : at + steps[event.key];
      mark(input, found[(next + found.length) % found.length]);
    } else if (event.key === "Enter" && isOpen(input) && at >= 0) {
      take(input, found[at]);
    } else if (event.key === "Escape" && isOpen(input)) {
      show(input, false);
    } else {
      if (event.key === "Tab" && isOpen(input)) { if (at >= 0) input.value = found[at].dataset.value; show(input, false); }
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }, true);

  /* mousedown, because a click would first take the focus from the field and close the list. */
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".combo-list [role=option]");
    if (!option) return;
    event.preventDefault();
    const input = one("[data-combo]", option.closest(".combo"));
    if (option.dataset.value) take(input, option);
  });
  document.addEventListener("focusout", (event) => {
    const input = event.target.closest?.("[data-combo]");
    if (input && isOpen(input)) show(input, false);
  });
})();
