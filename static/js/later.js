// What a page does not wait for: [data-later] is the address of a page with the element of the same id. Without scripts,
// or without an answer, the link inside it leads there.
export function startLater() {
  document.querySelectorAll("[data-later]").forEach(fetchLater);
}

async function fetchLater(place) {
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(place.dataset.later, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    if (found) {
      place.replaceChildren(...found.childNodes);
      place.dispatchEvent(new CustomEvent("portway:later", { bubbles: true }));
    }
  } catch {
    // The link stays.
  } finally {
    place.removeAttribute("aria-busy");
  }
}
