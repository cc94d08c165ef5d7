// What every script here needs of the page: its words in the reader's language, elements, dialogs, announcements.

/** The sentences base.html put into the page, so that no script holds text of its own. */
export const words = document.getElementById("words")?.dataset ?? {};

/** The public id of who is signed in, or "". */
export const user = document.body.dataset.user ?? "";

/** An element with attributes and children; `on` holds listeners. */
export function element(tag, { on = {}, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  for (const [type, listener] of Object.entries(on)) made.addEventListener(type, listener);
  made.append(...children);
  return made;
}

export function button(label, kind, onClick) {
  return element("button", { type: "button", class: `button button-${kind}`, on: { click: onClick } }, label);
}

const live = element("div", { class: "sr-only", "aria-live": "polite" });

/** Says something to screen readers. */
export function announce(text) {
  if (!live.isConnected) document.body.append(live);
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/**
 * Opens a modal dialog; resolves to what `close(…)` was given, or undefined when it was dismissed.
 * `build(close)` returns the dialog's further children; the first of them with `autofocus` has the focus.
 */
export function ask(title, text, build) {
  return new Promise((resolve) => {
    const close = (answer) => {
      resolve(answer);
      dialog.close();
    };
    const id = `dialog-${Date.now()}`;
    const dialog = element(
      "dialog",
      { "aria-labelledby": id, on: { close: () => (resolve(undefined), dialog.remove()) } },
      element("h2", { id }, title),
      ...(text ? [element("p", {}, text)] : []),
      ...build(close),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Shows a message in the corner, as the server's own messages are shown. */
export function toast(text, tone = "info") {
  const added = element("div", { class: `toast toast-${tone}`, "data-toast": true }, element("p", {}, text));
  document.querySelector("[data-toasts]")?.append(added);
  document.dispatchEvent(new CustomEvent("portway:toast", { detail: added }));
}
