// Suggests names under an input with data-suggest-url, an autocomplete address of the admin.

const PAUSE = 200; // milliseconds without a key before the server is asked
const timers = new WeakMap();

async function suggest(input) {
  const address = new URL(input.dataset.suggestUrl, document.baseURI);
  address.searchParams.set("term", input.value);
  try {
    const response = await fetch(address, { redirect: "error" });
    const { results } = await response.json();
    const options = results.map(({ text }) => new Option(text, text));
    input.list.replaceChildren(...options);
  } catch {
    input.list.replaceChildren(); // the input works without suggestions
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset.suggestUrl && target.value.length > 1) {
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(suggest, PAUSE, target));
  }
});
