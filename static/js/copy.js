// [data-copy="id"] puts the text of that element into the clipboard, and says so in its own words.
import { announce } from "./page.js";

export function startCopying() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    } catch {
      return; // without a secure connection there is no clipboard; the text can be selected
    }
    announce(button.dataset.copied);
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    setTimeout(() => (words.textContent = before), 2000);
  });
}
