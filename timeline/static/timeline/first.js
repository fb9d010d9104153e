// A page of a form begins at its first field: Django's begins at the first button, which saves.

// Django's script comes whenever it has been fetched, but before the page counts as loaded.
addEventListener("load", () => {
  if (document.activeElement?.closest(".submit-row")) {
    const fields = "fieldset.module :is(input:not([type=hidden]), select, textarea)";
    document.querySelector(fields)?.focus({ preventScroll: true });
  }
});
