// Finds a quote in the text of its source: a panel below the quote of each citation, in which one pastes or writes
// words and takes one of the passages. Without this module a quote is looked for when it is saved.

import { announce } from "./announce.js";

const PAUSE = 300; // milliseconds without a key before the server is asked
const timers = new WeakMap();
const requests = new WeakMap();
let panels = 0;

const rowOf = (quote) => quote.closest(".inline-related[id], form");
const placeOf = (quote) => rowOf(quote).querySelector("input[name$='passage']");
const sourceOf = (quote) => rowOf(quote).querySelector("select[data-field-name=source], [name$='source']");

async function search(quote, panel) {
  const results = panel.querySelector(".passage-results");
  requests.get(panel)?.abort();
  const request = new AbortController();
  requests.set(panel, request);
  const body = new URLSearchParams({
    csrfmiddlewaretoken: quote.form.elements.csrfmiddlewaretoken.value,
    source: sourceOf(quote)?.value ?? "",
    words: panel.querySelector("input").value,
  });
  try {
    const options = { method: "POST", body, signal: request.signal, redirect: "error" };
    const response = await fetch(quote.dataset.passagesUrl, options);
    results.innerHTML = response.ok ? await response.text() : "";
    if (!response.ok) {
      results.textContent = "The text cannot be searched now.";
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      results.textContent = "The text cannot be searched now.";
    }
  }
}

function later(quote, panel, pause = PAUSE) {
  clearTimeout(timers.get(panel));
  timers.set(panel, setTimeout(search, pause, quote, panel));
}

function open(button, panel, isOpen) {
  panel.hidden = !isOpen;
  button.setAttribute("aria-expanded", isOpen);
}

function take(quote, button, panel, chosen) {
  quote.value = chosen.dataset.quote;
  placeOf(quote).value = chosen.dataset.passage;
  const said = `Quote taken: characters ${chosen.dataset.passage.replace("-", " to ")} of the text.`;
  panel.nextElementSibling.textContent = said;
  announce(said);
  open(button, panel, false);
  quote.focus();
}

function prepare(quote) {
  const panel = document.createElement("div");
  panels += 1;
  panel.id = `passage-panel-${panels}`;
  panel.className = "passage-panel";
  panel.hidden = true;
  const name = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  name.append("Words of the text, or the passage pasted ", input);
  const results = document.createElement("div");
  results.className = "passage-results";
  results.setAttribute("role", "status");
  panel.append(name, results);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button passage-open";
  button.textContent = "Find in the text";
  button.setAttribute("aria-controls", panel.id);
  const said = document.createElement("p");
  said.className = "passage-taken";
  open(button, panel, false);
  quote.after(button, panel, said);

  button.addEventListener("click", () => {
    open(button, panel, panel.hidden);
    if (!panel.hidden) {
      input.value ||= quote.value;
      input.focus();
      later(quote, panel, 0);
    }
  });
  input.addEventListener("input", () => later(quote, panel));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === input) {
      event.preventDefault(); // it would save the page
      later(quote, panel, 0);
    } else if (event.key === "Escape") {
      open(button, panel, false);
      button.focus();
    }
  });
  panel.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[data-passage]");
    if (chosen) {
      take(quote, button, panel, chosen);
    }
  });
  quote.addEventListener("input", () => {
    said.textContent = "";
  });
}

const isTemplate = (quote) => quote.name.includes("__prefix__");

function prepareAll(node) {
  const quotes = [...node.querySelectorAll("textarea[data-passages-url]")];
  quotes.filter((quote) => !isTemplate(quote)).forEach(prepare);
}

prepareAll(document);
document.addEventListener("formset:added", ({ target }) => prepareAll(target));
