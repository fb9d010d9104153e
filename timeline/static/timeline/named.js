// What select2 draws in place of a choice says which choice it stands for, and what is chosen.

const nameOf = (select) =>
  select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim().replace(/:$/, "") ?? "";

function tell(drawn) {
  const select = drawn.previousElementSibling;
  const name = select?.matches("select") && nameOf(select);
  if (!name) {
    return;
  }
  const choice = drawn.querySelector("[role=combobox]");
  choice.setAttribute("aria-label", name);
  drawn.querySelector("input[type=search]")?.setAttribute("aria-label", name);
  const chosen = drawn.querySelector("[role=textbox]");
  if (chosen) {
    choice.id = `${select.id}-choice`;
    choice.setAttribute("aria-labelledby", `${choice.id} ${chosen.id}`);
    chosen.removeAttribute("role"); // it is a part of the choice, not an input of its own
    chosen.removeAttribute("aria-readonly");
  }
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType === Node.ELEMENT_NODE && node.matches("span.select2")) {
        tell(node);
      }
    }
  }
}).observe(document.body, { childList: true, subtree: true });

globalThis.django?.jQuery(document).on("select2:open", ({ target }) => {
  const list = document.getElementById(`select2-${target.id}-results`);
  list?.setAttribute("aria-label", nameOf(target));
  const drawn = [list?.closest(".select2-container"), target.nextElementSibling];
  for (const part of drawn.flatMap((one) => [...(one?.querySelectorAll("[role=combobox], input[type=search]") ?? [])])) {
    part.setAttribute("aria-controls", list.id);
    part.setAttribute("aria-label", nameOf(target));
  }
});
