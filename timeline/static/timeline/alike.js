// Lists below an input, while one types, what is perhaps kept already. It never stands in the way of saving.

const PAUSE = 300; // milliseconds without a key before the server is asked
const timers = new WeakMap();
const requests = new WeakMap();
const lists = new WeakMap();

function listOf(input) {
  if (!lists.has(input)) {
    const list = document.createElement("div");
    list.className = "alike";
    list.setAttribute("role", "status");
    (input.closest(".flex-container") ?? input).after(list);
    lists.set(input, list);
  }
  return lists.get(input);
}

function show(list, alike) {
  const lines = alike.map(({ label, why, url }) => {
    const link = Object.assign(document.createElement("a"), { href: url, textContent: label });
    link.target = "_blank";
    link.rel = "noopener";
    const line = document.createElement("li");
    line.append(link, ` (${why})`);
    return line;
  });
  list.replaceChildren();
  if (lines.length) {
    const said = document.createElement("p");
    said.textContent = "Perhaps kept already (opens in a new tab):";
    const found = document.createElement("ul");
    found.append(...lines);
    list.append(said, found);
  }
}

async function ask(input) {
  const list = listOf(input);
  const address = new URL(input.dataset.alikeUrl, document.baseURI);
  address.searchParams.set(input.name.split("-").at(-1), input.value);
  for (const name of input.dataset.alikeWith.split(" ").filter(Boolean)) {
    address.searchParams.set(name, input.form.elements[name]?.value ?? "");
  }
  requests.get(input)?.abort();
  const request = new AbortController();
  requests.set(input, request);
  try {
    const response = await fetch(address, { signal: request.signal, redirect: "error" });
    show(list, (await response.json()).alike);
  } catch (error) {
    if (error.name !== "AbortError") {
      show(list, []); // the input works without it
    }
  }
}

function later(input) {
  listOf(input); // it has to be there before it is filled, to be read out
  clearTimeout(timers.get(input));
  timers.set(input, setTimeout(ask, PAUSE, input));
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset.alikeUrl) {
    later(target);
  } else if (target.name) {
    for (const input of document.querySelectorAll(`[data-alike-with~="${CSS.escape(target.name)}"]`)) {
      later(input);
    }
  }
});
