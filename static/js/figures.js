// Figures are read with the keyboard: the figure is one stop of Tab, arrow keys move from mark to mark inside it, and
// the name of the mark in focus, or under the pointer, stands below the picture.
"use strict";

const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function marksOf(figure) {
  return Array.from(figure.querySelectorAll(".figure-mark"));
}

function read(figure, mark) {
  figure.querySelector("[data-figure-reading]").textContent = mark.getAttribute("aria-label");
}

function goTo(figure, place) {
  const marks = marksOf(figure);
  if (!marks.length) return;
  const mark = marks[Math.max(0, Math.min(place, marks.length - 1))];
  mark.focus();
  read(figure, mark);
}

document.addEventListener("keydown", (event) => {
  const figure = event.target.closest("[data-figure]");
  if (!figure) return;
  const present = marksOf(figure).indexOf(event.target.closest(".figure-mark"));
  if (event.key in KEYS) goTo(figure, present + KEYS[event.key]);
  else if (event.key === "Home") goTo(figure, 0);
  else if (event.key === "End") goTo(figure, Infinity);
  else if (event.key === "Escape") figure.focus();
  else return;
  event.preventDefault();
});

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest(".figure-mark");
  if (mark) read(mark.closest("[data-figure]"), mark);
});
