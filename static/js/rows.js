/* Repeating rows of a form: a new row is added at the end and takes focus; removing asks by name first. */
"use strict";
(() => {
  const { one, all } = window.edc;
  const told = () => document.dispatchEvent(new CustomEvent("edc:rows-changed"));
  const totalOf = (set) => document.getElementById(`id_${set.dataset.rows}-TOTAL_FORMS`);

  const renumber = (set) => {
    let number = 0;
    all("[data-row]", set).forEach((row) => {
      const removed = one("[data-remove-row]", row)?.checked;
      row.classList.toggle("removed", Boolean(removed));
      one("[data-row-number]", row).textContent = removed ? "–" : String(number += 1);
    });
    const none = one("[data-rows-none]", set);
    if (none) none.hidden = all("[data-row]", set).length > 0;
  };

  const addRow = (set) => {
    const total = totalOf(set);
    const index = Number(total.value);
    const html = one("[data-row-template]", set).innerHTML.replaceAll("__prefix__", String(index));
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const row = one("[data-row]", holder.content);
    one("[data-rows-body]", set).append(row);
    total.value = String(index + 1);
    renumber(set);
    one("input:not([type=hidden]),select,textarea", row).focus();
    told();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (button) addRow(button.closest("[data-rows]"));
  });
  /* Ticking "Remove" only marks the row, which stays readable and can be unticked until the form is saved. */
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-remove-row]");
    if (box) { renumber(box.closest("[data-rows]")); told(); }
  });
  all("[data-rows]").forEach(renumber);
})();
