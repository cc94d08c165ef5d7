// The request for access: the authorisation form is shown to whoever says they are the primary contact. Without this
// file it is always shown, and says whom it is for.

const form = document.querySelector("[data-access-form]");
const part = form?.querySelector("[data-access-authorisation]");

function show() {
  part.hidden = form.elements.primary.value !== "yes";
}

if (part) {
  form.addEventListener("change", show);
  show();
}
