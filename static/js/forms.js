// Sending a form: ask first where that is wanted, make sure the session still lives, and send it once.
import { sending } from "./drafts.js";
import { ask, button, element, toast, user, words } from "./page.js";

const ready = new WeakSet(); // forms that have passed every check
const LONGEST = 20_000; // an answer that is a download leaves the page as it is: let it go again

export function startForms() {
  document.addEventListener("submit", onSubmit);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));
}

async function onSubmit(event) {
  const { target: form, submitter } = event;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (ready.delete(form)) return sending(form); // goes out now
  if ("busy" in form.dataset) return event.preventDefault();
  hold(form, submitter);
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  const lossless = Boolean(form.dataset.lossless && user && words.sessionUrl);
  if (!question && !lossless) return sending(form);

  event.preventDefault();
  const goes = (!question || (await confirmed(question, submitter))) && (!lossless || (await stillSignedIn()));
  if (!goes) return release(form);
  ready.add(form);
  // Not before this event is over: a form that is just being submitted ignores being submitted.
  setTimeout(() => form.requestSubmit(submitter));
}

// -- once --------------------------------------------------------------------------------------------------------------

function hold(form, submitter) {
  form.dataset.busy = "";
  form.setAttribute("aria-busy", "true");
  const label = submitter?.querySelector("span:last-of-type");
  if (label) {
    submitter.style.minWidth = `${submitter.offsetWidth}px`;
    submitter.dataset.busy = label.textContent;
    label.textContent = words.working;
  }
  setTimeout(() => release(form), LONGEST);
}

function release(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
  for (const held of form.ownerDocument.querySelectorAll("button[data-busy]")) {
    if (held.form !== form) continue;
    held.querySelector("span:last-of-type").textContent = held.dataset.busy;
    held.style.minWidth = "";
    delete held.dataset.busy;
  }
}

// -- ask first ---------------------------------------------------------------------------------------------------------

/** `data-confirm="question"` on the form or on the button that sends it. */
function confirmed(question, submitter) {
  const label = submitter?.dataset.busy || words.confirm;
  const kind = submitter?.classList.contains("button-danger") ? "danger" : "primary";
  return ask(question, "", (close) => {
    const no = button(words.cancel, "secondary", () => close(false));
    no.autofocus = true;
    return [element("div", { class: "actions" }, no, button(label, kind, () => close(true)))];
  });
}

// -- signed in, still --------------------------------------------------------------------------------------------------

/** Before a lossless form goes out: is its author still signed in? If not, they can sign in again beside it. */
async function stillSignedIn() {
  const state = await session();
  if (state === "mine") return true;
  if (state === "unreachable") {
    toast(words.offline, "bad");
    return false;
  }
  return signInAgain(state);
}

/** "mine", "ended", "other" (somebody else signed in), or "unreachable". Renews the forms' safety seals when mine. */
async function session() {
  try {
    const options = { headers: { accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(8000) };
    const answer = await fetch(words.sessionUrl, options);
    if (answer.status === 401) return "ended";
    if (!answer.ok) return "unreachable";
    const { user: current, csrf_token: token } = await answer.json();
    if (current !== user) return "other";
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
    return "mine";
  } catch {
    return "unreachable";
  }
}

function signInAgain(state) {
  const problem = { ended: words.sessionStill, other: words.sessionOther, unreachable: words.offline };
  return ask(words.sessionTitle, words.sessionText, (close) => {
    const status = element("p", { class: "dialog-status", role: "status" }, state === "other" ? problem.other : "");
    const again = async () => {
      const now = await session();
      if (now === "mine") close(true);
      else status.textContent = problem[now];
    };
    const link = element("a", { class: "button button-primary", href: words.signInUrl, target: "_blank", autofocus: true });
    link.append(words.sessionSignIn);
    const actions = [
      button(words.cancel, "quiet", () => close(false)),
      button(words.sessionContinue, "secondary", again),
      link,
    ];
    return [status, element("div", { class: "actions" }, ...actions)];
  });
}
