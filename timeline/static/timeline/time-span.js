// Shows under the inputs of a time span how they are read, while one types. The words come from the server
// (timeline/reading.html), which renders the same without this module after each save.

const PAUSE = 250; // milliseconds without a key before the server is asked
const timers = new WeakMap();
const requests = new WeakMap();

async function read(span) {
  const [words, edtf, day] = span.querySelectorAll("input");
  const query = new URLSearchParams({ text: words.value, edtf: edtf.value, reference: day.value });
  if (words.value !== words.defaultValue && edtf.value && edtf.value === edtf.defaultValue) {
    query.set("kept", "1");
  }
  requests.get(span)?.abort();
  const request = new AbortController();
  requests.set(span, request);
  const reading = span.querySelector(".reading");
  try {
    // A redirect leads to the login page: the session has ended, and there is nothing to show.
    const options = { signal: request.signal, redirect: "error" };
    const response = await fetch(`${span.dataset.readUrl}?${query}`, options);
    reading.innerHTML = response.ok ? await response.text() : "";
    const unread = reading.querySelector(".reading-error") !== null;
    words.setAttribute("aria-invalid", unread);
    const asks = reading.querySelector("[data-asks]") !== null;
    day.closest(".time-span-reference").classList.toggle("is-needed", asks);
  } catch (error) {
    if (error.name !== "AbortError") {
      reading.textContent = "";
    }
  }
}

function later(span) {
  clearTimeout(timers.get(span));
  timers.set(span, setTimeout(read, PAUSE, span));
}

// On the document, so that rows added to an inline are served too.
document.addEventListener("input", ({ target }) => {
  const span = target.closest(".time-span[data-read-url]");
  if (span) {
    if (target.matches(".time-span-day")) {
      target.dataset.chosen = "yes"; // by the editor: no source's date replaces it
      span.querySelector(".time-span-origin").textContent = "";
    }
    later(span);
  }
});

// Another day to count from, from timeline/chosen.js.
document.addEventListener("timeline:day", ({ target }) => {
  if (target.closest(".is-needed")) {
    later(target.closest(".time-span[data-read-url]"));
  }
});
