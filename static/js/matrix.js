/* A grid of cells is one tab stop: arrows, Home and End move, Enter or a click opens the cell's panel, Escape returns.
 *
 * Markup: <table data-matrix data-cell-panel="cell-panel"> … <a class="cell" href="…" data-url="…fragment…" aria-label="01-008, Day 7: …">
 *         <div class="pop" id="cell-panel" hidden role="dialog" aria-labelledby="…"></div>
 * A cell without data-url simply follows its link. The panel lies in a positioned box around the table.
 */
"use strict";
(() => {
  const { one, all, request } = window.edc;

  const start = (grid) => {
    const rows = () => all("tbody tr:not([hidden])", grid).map((row) => all(".cell", row)).filter((cells) => cells.length);
    const panel = document.getElementById(grid.dataset.cellPanel);
    let open = null;

    const cells = all(".cell", grid);
    cells.forEach((cell) => { cell.tabIndex = -1; });
    const entry = cells.find((cell) => cell.getAttribute("aria-current")) || cells[0];
    if (entry) entry.tabIndex = 0;

    const goTo = (cell) => {
      if (!cell) return;
      all(".cell[tabindex='0']", grid).forEach((other) => { other.tabIndex = -1; });
      cell.tabIndex = 0;
      cell.focus();
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    };

    const shut = ({ focus = true } = {}) => {
      if (!panel || !open) return;
      panel.hidden = true;
      open.removeAttribute("aria-expanded");
      const last = open;
      open = null;
      if (focus) last.focus();
    };

    /* Position through the object model: attributes named style are refused by the content policy. */
    const place = (cell) => {
      const host = panel.offsetParent.getBoundingClientRect();
      const box = cell.getBoundingClientRect();
      const width = panel.offsetWidth;
      let left = box.right - host.left + 8;
      if (left + width > host.width) left = Math.max(8, box.left - host.left - width - 8);
      if (host.width < width * 1.6) left = Math.max(0, (host.width - width) / 2);
      const top = Math.min(box.top - host.top - 8, panel.offsetParent.scrollHeight - panel.offsetHeight - 8);
      panel.style.left = `${left}px`;
      panel.style.top = `${Math.max(8, top)}px`;
    };

    const show = async (cell) => {
      shut({ focus: false });
      let html;
      try {
        const response = await request(cell.dataset.url);
        if (!response.ok) throw new Error(String(response.status));
        html = await response.text();
      } catch { window.location.assign(cell.href); return; }
      panel.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      panel.hidden = false;
      open = cell;
      cell.setAttribute("aria-expanded", "true");
      window.htmx?.process(panel);
      place(cell);
      (one("a", panel) || one("button", panel))?.focus({ preventScroll: true });
    };

    grid.addEventListener("keydown", (event) => {
      const cell = event.target.closest(".cell");
      if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
      const table = rows();
      const y = table.findIndex((row) => row.includes(cell));
      const x = table[y].indexOf(cell);
      const moves = {
        ArrowRight: () => table[y][x + 1], ArrowLeft: () => table[y][x - 1],
        ArrowDown: () => table[y + 1]?.[x], ArrowUp: () => table[y - 1]?.[x],
        Home: () => table[y][0], End: () => table[y][table[y].length - 1],
        PageDown: () => table[Math.min(y + 10, table.length - 1)][x], PageUp: () => table[Math.max(y - 10, 0)][x],
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      goTo(moves[event.key]());
    });
    grid.addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (!cell) return;
      all(".cell[tabindex='0']", grid).forEach((other) => { other.tabIndex = -1; });
      cell.tabIndex = 0;
      if (!cell.dataset.url || !panel || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(cell);
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-panel-close]") && panel?.contains(event.target)) shut();
      else if (open && !panel.contains(event.target) && !grid.contains(event.target)) shut({ focus: false });
    });
    panel?.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
  };

  all("[data-matrix]").forEach(start);
})();
