// Lossless forms: what is typed into a <form data-lossless="name"> is kept in the browser until the server has it.
//
// A draft belongs to a person, a form and where it is sent to. It is put back after a reload, an error page, or signing in again,
// with a notice and a way to discard it. It is dropped when the form was accepted: the next page of the same tab is
// another one (but no error and not the sign-in page), or the form again after a redirect and without any complaint.
// Signing out drops all drafts of that person.
// Passwords, files and hidden fields are never kept. Whoever is not signed in has drafts for this tab only.
import { button, element, user, words } from "./page.js";

const PREFIX = "portway:draft:";
const SENDING = "portway:sending";
const LIFE = 30 * 24 * 3600 * 1000;
const store = user ? localStorage : sessionStorage;

// By where it is sent to: a form that was refused comes back at that address, and is still the same form.
const sentTo = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;
const keyOf = (form) => `${PREFIX}${user}:${form.dataset.lossless}:${sentTo(form)}`;
const arrival = () => performance.getEntriesByType("navigation")[0];
const hasErrors = (form) => Boolean(form.querySelector(".field-bad") ?? form.parentElement.querySelector("[data-form-errors]"));

export function startDrafts() {
  dropOld();
  settleSending();
  for (const form of document.querySelectorAll("form[data-lossless]")) {
    // The server gave everything back: that is the newest state, unless an old answer is only looked at again.
    if (hasErrors(form) && arrival()?.type === "navigate") save(form);
    else restore(form);
    watch(form);
  }
  document.addEventListener("submit", (event) => event.target.matches("[data-sign-out]") && dropAll());
}

/** Called when a form really goes out: the next page tells whether it arrived. */
export function sending(form) {
  if (!form.dataset.lossless) return;
  save(form);
  sessionStorage.setItem(SENDING, JSON.stringify({ key: keyOf(form), name: form.dataset.lossless }));
}

/** Did the form that this tab sent arrive? Then its draft has done its duty. */
function settleSending() {
  const sent = JSON.parse(sessionStorage.getItem(SENDING) ?? "null");
  if (!sent) return;
  sessionStorage.removeItem(SENDING);
  const came = arrival();
  // Back, reload, or an address typed after the network failed: not an answer to the form.
  const answered = came?.type === "navigate" && document.referrer.startsWith(location.origin);
  const again = document.querySelector(`form[data-lossless="${CSS.escape(sent.name)}"]`);
  const refused = again && (hasErrors(again) || came?.redirectCount === 0);
  const complaint = document.querySelector(".error-page, .toast-bad");
  const signIn = words.signInUrl && location.pathname === words.signInUrl;
  if (answered && !refused && !complaint && !signIn) drop(sent.key);
}

function drop(key) {
  localStorage.removeItem(key);
  sessionStorage.removeItem(key);
}

function dropAll() {
  document.dispatchEvent(new CustomEvent("portway:discarded"));
  for (const key of Object.keys(store)) if (key.startsWith(`${PREFIX}${user}:`)) store.removeItem(key);
}

function dropOld() {
  for (const key of Object.keys(store)) {
    if (!key.startsWith(PREFIX)) continue;
    const draft = JSON.parse(store.getItem(key));
    if (Date.now() - draft.at > LIFE) store.removeItem(key);
  }
}

/** The controls whose content is a person's typing. A hidden field counts only where a suggestion fills it. */
function controls(form) {
  const suggested = new Set([...form.querySelectorAll("[data-suggest-into]")].map((input) => input.dataset.suggestInto));
  return [...form.elements].filter(
    (control) =>
      control.name &&
      !control.matches("[type=password], [type=file], [type=submit], [autocomplete=one-time-code], button, fieldset") &&
      (control.type !== "hidden" || suggested.has(control.id)),
  );
}

function content(form) {
  return controls(form).map((control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return [control.name, control.value, control.checked];
    if (control.multiple && control.options) return [control.name, [...control.selectedOptions].map((o) => o.value)];
    return [control.name, control.value];
  });
}

function save(form) {
  try {
    const draft = { at: Date.now(), basis: form.elements.version?.value, content: content(form) };
    store.setItem(keyOf(form), JSON.stringify(draft));
  } catch {
    // Storage full or forbidden: the form still works, it is only not kept.
  }
}

/** Saves a moment after each change, and at once when the page is left. */
function watch(form) {
  let waiting;
  const now = () => {
    if (waiting) save(form);
    forget();
  };
  const forget = () => {
    clearTimeout(waiting);
    waiting = undefined;
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, 250);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", now);
  document.addEventListener("portway:discarded", forget);
}

function restore(form) {
  const draft = JSON.parse(store.getItem(keyOf(form)) ?? "null");
  const before = content(form);
  if (!draft || JSON.stringify(draft.content) === JSON.stringify(before)) return;
  fill(form, draft.content);
  if (JSON.stringify(content(form)) === JSON.stringify(before)) return; // the fields have gone since
  const changed = draft.basis !== undefined && draft.basis !== form.elements.version?.value;
  const notice = element(
    "div",
    { class: "kept", role: "status" },
    element("span", {}, changed ? words.keptChanged : words.kept),
    button(words.discard, "quiet button-small", () => {
      store.removeItem(keyOf(form));
      fill(form, before);
      document.dispatchEvent(new CustomEvent("portway:discarded"));
      notice.remove();
      controls(form)[0]?.focus();
    }),
  );
  form.prepend(notice);
}

function fill(form, saved) {
  const named = byName(controls(form));
  const used = new Map();
  for (const [name, value, checked] of saved) {
    const same = named.get(name) ?? [];
    if (checked !== undefined) {
      const control = same.find((candidate) => candidate.value === value);
      if (control && control.checked !== checked) set(control, "checked", checked);
      continue;
    }
    const index = used.get(name) ?? 0;
    used.set(name, index + 1);
    const control = same[index];
    if (!control) continue;
    if (Array.isArray(value)) for (const option of control.options) option.selected = value.includes(option.value);
    else if (control.value !== value) set(control, "value", value);
  }
}

function set(control, property, value) {
  control[property] = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function byName(list) {
  const groups = new Map();
  for (const control of list) groups.set(control.name, [...(groups.get(control.name) ?? []), control]);
  return groups;
}
