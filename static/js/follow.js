// What goes on by itself: [data-follow] is asked for again, a little later each time, until the page says that it is
// over by leaving the attribute out. Places of one page that follow the same address are brought up to date together.
// Without scripts one loads the page again.
const FIRST = 1000; // milliseconds
const LAST = 5000;

export function startFollowing() {
  const places = [...document.querySelectorAll("[data-follow]")];
  for (const address of new Set(places.map((place) => place.dataset.follow))) {
    soon(address, places.filter((place) => place.dataset.follow === address), FIRST);
  }
}

function soon(address, places, pause) {
  setTimeout(() => look(address, places, pause), pause);
}

async function look(address, places, pause) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 404) return;
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const over = places.map((place) => bring(place, page.getElementById(place.id)));
      if (over.every(Boolean)) return;
    }
  } catch {
    // Perhaps the next time.
  }
  soon(address, places, Math.min(pause * 1.3, LAST));
}

/** Brings a place up to date, except while somebody is in it; at the end also then. Says whether this is the end. */
function bring(place, found) {
  const over = found !== null && !("follow" in found.dataset);
  if (found && (over || !place.contains(document.activeElement)) && found.innerHTML !== place.innerHTML) {
    place.replaceChildren(...found.childNodes);
  }
  return over;
}
