// How many there are behind each tab, asked for after the page: [data-counts] is the address of a list of texts, in the
// order of the tabs. Without scripts, or without an answer, the tabs are plain.
export function startCounts() {
  document.querySelectorAll("[data-counts]").forEach(fill);
}

async function fill(tabs) {
  try {
    const answer = await fetch(tabs.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const links = tabs.querySelectorAll("li > a");
    (await answer.json()).forEach((text, place) => {
      if (text === null) return; // it would have taken too long to count
      const count = document.createElement("span");
      count.className = "count";
      count.textContent = text;
      links[place]?.append(" ", count);
    });
  } catch {
    // The page is whole without them.
  }
}
