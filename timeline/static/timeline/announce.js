// Says what has happened on the page to who does not see it.

const region = document.createElement("div");
region.className = "announced";
region.setAttribute("role", "status");
document.body.append(region);

export function announce(text) {
  region.textContent = text;
}

// What a row of an inline is called: what is chosen or written first in it.
export function nameOf(row) {
  for (const input of row.querySelectorAll("select, input[type=text], textarea")) {
    const text = input.matches("select") ? input.selectedOptions[0]?.text : input.value;
    if (text?.trim() && !/^-+$/.test(text) && !input.matches("[name$='-kind'], [name$='-stance']")) {
      return text.trim().slice(0, 80);
    }
  }
  return "";
}
