// What follows from a choice: the field says the name alone, and relative dates count from the day on which the
// first cited source was published, until the editor says otherwise.

const $ = globalThis.django?.jQuery;

// The list says more than the name ("also called …"); what is chosen is the name.
$?.(document).on("select2:selecting", (event) => {
  const { data } = event.params.args;
  data.text = data.name ?? data.text;
});

const sources = new Map();

function chosenSources() {
  const selects = document.querySelectorAll("select[data-model-name=citation][data-field-name=source]");
  return [...selects].map(({ value }) => value).filter(Boolean);
}

async function learn(numbers) {
  const url = document.querySelector("[data-sources-url]")?.dataset.sourcesUrl;
  const unknown = numbers.filter((number) => !sources.has(number));
  if (url && unknown.length) {
    const query = new URLSearchParams(unknown.map((number) => ["id", number]));
    const response = await fetch(`${url}?${query}`, { redirect: "error" });
    for (const [number, source] of Object.entries((await response.json()).sources)) {
      sources.set(number, source);
    }
  }
}

function countFrom(source) {
  for (const day of document.querySelectorAll(".time-span-day:not([data-chosen])")) {
    const origin = day.closest(".time-span-reference").querySelector(".time-span-origin");
    if (day.value && !origin.textContent) {
      day.dataset.chosen = "yes"; // it stands from before
      continue;
    }
    day.value = source?.published ?? "";
    origin.textContent = source ? `when “${source.title}” was published` : "";
    day.dispatchEvent(new CustomEvent("timeline:day", { bubbles: true }));
  }
}

async function follow() {
  try {
    await learn(chosenSources());
    countFrom(chosenSources().map((number) => sources.get(number)).find((source) => source?.published));
  } catch {
    // a relative date asks for its day
  }
}

if (document.querySelector(".time-span-day") && $) {
  $(document).on("change", "select[data-model-name=citation][data-field-name=source]", follow);
  follow();
}
document.addEventListener("formset:added", ({ target }) => {
  if (target.querySelector(".time-span-day")) {
    follow();
  }
});

// From the list of what is amiss one comes to the inputs, also to those that an autocomplete hides.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".amiss a");
  const input = link && document.getElementById(link.hash.slice(1));
  if (input) {
    event.preventDefault();
    input.closest("details")?.setAttribute("open", "");
    const shown = input.matches(".select2-hidden-accessible")
      ? input.parentElement.querySelector(".select2-selection")
      : input;
    shown.focus();
  }
});
