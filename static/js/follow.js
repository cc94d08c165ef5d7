// What goes on by itself: [data-follow] is asked for again, a little later each time, until the page says that it is
// over by leaving the attribute out. Without scripts one loads the page again.
const FIRST = 1000; // milliseconds
const LAST = 5000;

export function startFollowing() {
  document.querySelectorAll("[data-follow]").forEach((place) => soon(place, FIRST));
}

function soon(place, pause) {
  setTimeout(() => look(place, pause), pause);
}

async function look(place, pause) {
  try {
    const answer = await fetch(place.dataset.follow, { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 404) return;
    const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    if (found && !place.contains(document.activeElement) && found.innerHTML !== place.innerHTML) {
      place.replaceChildren(...found.childNodes);
    }
    if (found && !("follow" in found.dataset)) {
      if (place.contains(document.activeElement)) place.replaceChildren(...found.childNodes);
      return;
    }
  } catch {
    // Perhaps the next time.
  }
  soon(place, Math.min(pause * 1.3, LAST));
}
