// Moves the rows of an inline up and down, by buttons or with Alt and an arrow key, and keeps their positions.
// Without this module each row has a number instead.

import { announce, nameOf } from "./announce.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

const positionOf = (row) => row.querySelector("input[name$='-position']");
const groupOf = (node) => node.closest(".js-inline-admin-formset");

function isRow(node) {
  return /-\d+$/.test(node.id) && positionOf(node) !== null;
}

function rowOf(node) {
  const group = groupOf(node);
  const row = node.closest(".form-row[id], .inline-related[id]");
  const found = row?.matches("tr, .inline-related") ? row : row?.closest(".inline-related[id]");
  return group && found && isRow(found) ? found : null;
}

// In the order in which they stand on the page.
function rowsOf(group) {
  const prefix = group.id.replace(/-group$/, "");
  return [...group.querySelectorAll(`[id^="${prefix}-"]`)].filter(
    (node) => node.matches("tr.form-row, .inline-related") && isRow(node),
  );
}

// In a table the errors of a row stand in a row above it.
function withErrors(row) {
  const above = row.previousElementSibling;
  return above?.matches(".row-form-errors") ? [above, row] : [row];
}

function label(group) {
  rowsOf(group).forEach((row, at) => {
    const name = nameOf(row) || `row ${at + 1}`;
    for (const button of row.querySelectorAll("[data-step]")) {
      button.setAttribute("aria-label", `Move ${name} ${button.dataset.step < 0 ? "up" : "down"}`);
    }
  });
}

function number(group) {
  group.dataset.ordered = "yes";
  rowsOf(group).forEach((row, at) => {
    positionOf(row).value = at + 1;
  });
  label(group);
}

function move(row, step) {
  const group = groupOf(row);
  const rows = rowsOf(group);
  const at = rows.indexOf(row);
  const other = rows[at + step];
  const name = nameOf(row) || `Row ${at + 1}`;
  if (!other) {
    announce(`${name} is ${step < 0 ? "first" : "last"} already.`);
    return;
  }
  const focused = document.activeElement;
  if (step < 0) {
    withErrors(other)[0].before(...withErrors(row));
  } else {
    other.after(...withErrors(row));
  }
  number(group);
  focused.focus();
  announce(`${name} is now ${at + step + 1} of ${rows.length}.`);
}

// Puts rows as they should stand by what `key` says of each; nothing moves where they do.
function arrange(group, key) {
  const rows = rowsOf(group);
  const wanted = rows.map((row) => [key(row), row]).sort(([one], [other]) => one - other || 0);
  if (wanted.some(([, row], at) => row !== rows[at])) {
    const after = rows.at(-1).nextElementSibling;
    const parent = rows[0].parentElement;
    for (const [, row] of wanted) {
      for (const part of withErrors(row)) {
        parent.insertBefore(part, after);
      }
    }
  }
}

const byNumber = (row) => Number(row.id.match(/\d+$/)[0]);

// A new row that nobody has moved comes last.
function byPosition(row) {
  const { value, defaultValue } = positionOf(row);
  const isBlank = !row.matches(".has_original") && value === "0" && defaultValue === "0";
  return isBlank ? 1e6 + byNumber(row) : Number(value);
}

function prepare(group) {
  for (const input of group.querySelectorAll("input[name$='-position']")) {
    const buttons = Object.values(STEPS).map((step) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "order-button";
      button.dataset.step = step;
      button.textContent = step < 0 ? "↑" : "↓";
      button.setAttribute("aria-label", step < 0 ? "Move up" : "Move down");
      return button;
    });
    input.type = "hidden";
    input.after(...buttons);
  }
  arrange(group, byPosition);
  label(group);
}

for (const group of document.querySelectorAll(".js-inline-admin-formset")) {
  if (group.querySelector("input[name$='-position']")) {
    prepare(group);
  }
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-step]") && rowOf(event.target);
  if (row) {
    move(row, Number(event.target.dataset.step));
  }
});

document.addEventListener(
  "keydown",
  (event) => {
    const step = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && STEPS[event.key];
    // With Alt an arrow opens a list of choices.
    const row = step && !event.target.matches("select") && rowOf(event.target);
    if (row) {
      event.preventDefault();
      event.stopPropagation();
      move(row, step);
    }
  },
  true,
);

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-step]")) {
    label(groupOf(target));
  }
});

document.addEventListener("formset:added", ({ target }) => {
  const group = groupOf(target);
  if (group?.dataset.ordered && positionOf(target)) {
    number(group);
  }
  if (group && positionOf(target)) {
    label(group);
  }
  target.querySelector(".select2-selection, input:not([type=hidden]), select, textarea")?.focus();
});

// Django numbers the rows anew as they stand when one is removed, and those that are saved have to be first.
document.addEventListener(
  "click",
  ({ target }) => {
    const group = target.closest(".inline-deletelink") && groupOf(target);
    if (group?.querySelector("[data-step]")) {
      arrange(group, byNumber);
      setTimeout(() => {
        if (rowsOf(group).length) {
          arrange(group, byPosition);
          label(group);
        }
      });
    }
  },
  true,
);
