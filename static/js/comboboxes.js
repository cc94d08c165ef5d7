// Search as you type, after the WAI-ARIA combobox pattern, on top of what works without it:
//   <input data-suggest-url="…">      free text with suggestions, answered as [{value, label, detail}];
//                                     data-suggest-into="id" puts the chosen `value` into a hidden field
//   <select data-combobox>            a long list that can be filtered by typing
import { announce, element, words } from "./page.js";

const PAUSE = 150;
let count = 0;

export function startComboboxes() {
  document.querySelectorAll("input[data-suggest-url]").forEach(suggest);
  document.querySelectorAll("select[data-combobox]").forEach(filterable);
}

/** Free text with suggestions from the server. */
function suggest(input) {
  const into = input.dataset.suggestInto ? document.getElementById(input.dataset.suggestInto) : null;
  const least = Number(input.dataset.suggestMin ?? 2);
  let running = new AbortController();

  combobox(input, {
    async find(text) {
      running.abort();
      if (text.trim().length < least) return null;
      running = new AbortController();
      const address = new URL(input.dataset.suggestUrl, location.href);
      address.searchParams.set("q", text.trim());
      const answer = await fetch(address, { headers: { accept: "application/json" }, signal: running.signal });
      return answer.ok ? answer.json() : null;
    },
    typed() {
      if (into) into.value = "";
    },
    chosen(option) {
      input.value = option.label;
      if (into) into.value = option.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new CustomEvent("portway:chosen", { bubbles: true, detail: option }));
    },
  });
}

/** A select that is filtered by typing. The select itself stays, unseen, and is what the form sends. */
function filterable(select) {
  const input = element("input", { type: "text", id: select.id, "aria-describedby": select.getAttribute("aria-describedby") });
  if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
  if (select.required) input.setAttribute("aria-required", "true");
  select.id += "-list";
  select.hidden = true;
  select.before(input);
  input.placeholder = [...select.options].find((option) => !option.value)?.text ?? "";
  const options = [...select.options].map((option) => ({ value: option.value, label: option.text, detail: option.dataset.detail }));
  const shown = () => (input.value = select.value ? (select.selectedOptions[0]?.text ?? "") : "");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  combobox(input, {
    find: async (text, all) =>
      options.filter((option) => option.value && (all || fold(`${option.label} ${option.detail ?? ""}`).includes(fold(text)))),
    typed() {},
    chosen(option) {
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    left() {
      if (input.value.trim() === "" && options.some((option) => option.value === "") && select.value) {
        select.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      shown();
    },
    opensWhole: true,
  });
  input.parentElement.classList.add("combobox-select");
  select.addEventListener("change", shown);
  shown();
}

/** The pattern itself: an input, a list, and the keys between them. */
function combobox(input, { find, typed, chosen, left, opensWhole = false }) {
  const id = `combobox-${++count}`;
  const label = input.labels?.[0]?.firstChild?.textContent.trim() ?? "";
  const list = element("ul", { id, class: "combobox-list", role: "listbox", "aria-label": label, hidden: true });
  const box = element("div", { class: "combobox" });
  input.before(box);
  box.append(input, list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
  })) input.setAttribute(name, value);

  let options = [];
  let active = -1;
  let timer;
  let asked = 0;

  const isOpen = () => !list.hidden;
  const close = () => {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `${id}-${index}`);
    list.children[index].scrollIntoView({ block: "nearest" });
  };
  const choose = (index) => {
    const option = options[index];
    close();
    chosen(option);
    announce(option.label);
  };
  const open = async (all = false) => {
    const turn = ++asked;
    let found;
    try {
      found = await find(input.value, all);
    } catch {
      found = null; // outdated or unreachable: typing on is always possible
    }
    if (turn !== asked || document.activeElement !== input) return;
    if (!found) return close();
    options = found;
    active = -1;
    list.replaceChildren(...found.map(row));
    if (!found.length) list.append(element("li", { class: "combobox-note", role: "option", "aria-disabled": "true", "aria-selected": "false" }, words.noMatch));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    announce(found.length ? words.found.replace("{count}", found.length) : words.noMatch);
  };
  const row = (option, index) => {
    const name = element("bdi", {}, option.label);
    const detail = option.detail ? [element("small", {}, option.detail)] : [];
    return element("li", { id: `${id}-${index}`, class: "combobox-option", role: "option", "aria-selected": "false", "data-index": index }, name, ...detail);
  };

  input.addEventListener("input", (event) => {
    if (!event.isTrusted) return; // our own choosing
    typed();
    clearTimeout(timer);
    timer = setTimeout(open, PAUSE);
  });
  input.addEventListener("click", () => opensWhole && !isOpen() && (input.select(), open(true)));
  input.addEventListener("blur", () => {
    close();
    left?.();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the input
  list.addEventListener("click", (event) => {
    const target = event.target.closest("[data-index]");
    if (target) choose(Number(target.dataset.index));
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!isOpen()) open(opensWhole);
      else if (options.length) mark(active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length);
    } else if (event.key === "Enter" && isOpen() && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && isOpen()) {
      event.stopPropagation();
      close();
    }
  });
}
