// The deal desk: keys, selection, and clocks that go on while the page stays open. Nothing here is needed: every key
// only does what a link, a button or a field of the page does.
import { announce } from "./page.js";

const SWITCHED_OFF = "portway:keys-off";
const WRITING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

startClocks();
startSelection();
startKeys();

// -- keys --------------------------------------------------------------------------------------------------------------

function startKeys() {
  const help = document.querySelector("dialog[data-keys]");
  if (!help) return;
  const choice = help.querySelector("[data-keys-switch]");
  choice.checked = localStorage.getItem(SWITCHED_OFF) === null;
  const show = () => {
    document.documentElement.toggleAttribute("data-keyed", choice.checked);
  };
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "1");
    show();
  });
  show();
  document.querySelector("[data-keys-open]")?.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.(WRITING);
    const elsewhere = document.querySelector("dialog[open], :popover-open.sidebar");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing || elsewhere) return;
    if (choice.checked && press(event.key, event.target)) event.preventDefault();
  });
}

/** Does what a key stands for; whether there is anything that it does here. */
function press(key, target) {
  if (key === "j" || key === "k") return go(key === "j" ? 1 : -1);
  if (key === "ArrowDown" || key === "ArrowUp") return Boolean(target.closest(".desk tbody")) && go(key === "ArrowDown" ? 1 : -1);
  if (key === "x" && document.querySelector(".desk")) return toggle();
  const meant = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!meant) return false;
  reach(meant);
  return true;
}

/** Unfolds what is folded and puts the focus where one goes on; a button is pressed by the reader, not by a key. */
function reach(meant) {
  if (meant.matches("[data-keys-open]")) return meant.click();
  if (meant.matches("details")) meant.open = true;
  const inside = meant.matches("details, form, span, div")
    ? meant.querySelector("form :is(textarea, input:not([type=hidden]), select), form button, button")
    : meant;
  (inside ?? meant).focus();
  meant.scrollIntoView({ block: "nearest" });
  if (inside?.select) inside.select();
}

const rows = () => [...document.querySelectorAll(".desk tbody tr")];
const current = () => rows().findIndex((row) => row.contains(document.activeElement));

function go(step) {
  const all = rows();
  if (!all.length) return false;
  const from = current();
  const to = from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + step, 0), all.length - 1);
  all[to].querySelector(".row-link").focus();
  return true;
}

function toggle() {
  const box = rows()[current()]?.querySelector("[type=checkbox]");
  if (!box) return false;
  box.click();
  const words = box.closest("label").textContent.trim();
  announce(`${words} ${box.checked ? "✓" : "✗"}`);
  return true;
}

// -- selection ---------------------------------------------------------------------------------------------------------

function startSelection() {
  const form = document.querySelector("form[data-selection]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("tbody [type=checkbox]")];
  const all = form.querySelector("[data-select-all]");
  const said = form.querySelector("[data-selected]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    said.textContent = said.dataset.selected.replace("{}", chosen);
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    count();
  });
  form.addEventListener("change", count);
  addEventListener("pageshow", count); // the browser remembers what was ticked
  count();
}

// -- clocks ------------------------------------------------------------------------------------------------------------
// As deals/promises.py reckons and words them; the server hands over the words and the hours in which the clock runs.

function startClocks() {
  for (const holder of document.querySelectorAll("[data-clock]")) {
    if (!holder.dataset.clock) continue;
    const clock = JSON.parse(holder.dataset.clock);
    const times = [...holder.querySelectorAll("time[data-left]")].filter((time) => !time.dataset.kind.endsWith("far"));
    const behind = clock.now - Date.now() / 1000; // this machine's clock may be wrong
    setInterval(() => times.forEach((time) => tell(time, clock, Date.now() / 1000 + behind)), 60_000);
  }
}

function tell(time, clock, now) {
  const calendar = clock.calendars[time.dataset.country];
  const due = new Date(time.dateTime) / 1000;
  const left = Number(time.dataset.left) - worked(clock.now, now, calendar);
  const [kind, count] = stand(left, due, now, calendar);
  const words = clock.words[kind];
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  time.textContent = typeof words === "string" ? words : (words[form] ?? words.other).replace("{}", count);
  const late = kind.startsWith("late");
  time.classList.toggle("clock-bad", late);
  time.classList.toggle("clock-warn", ["today", "minutes", "opening"].includes(kind));
}

/** Seconds of working time between two moments. */
function worked(from, to, { open }) {
  return open.reduce((sum, [opens, closes]) => sum + Math.max(0, Math.min(to, closes) - Math.max(from, opens)), 0);
}

function stand(left, due, now, { day, zone }) {
  const days = Math.floor(Math.abs(left) / day + 0.5);
  const hours = Math.floor(Math.abs(left) / 3600);
  const minutes = Math.floor(Math.abs(left) / 60);
  if (due < now) {
    if (-left >= day) return ["late_days", days];
    return hours ? ["late_hours", hours] : minutes ? ["late_minutes", minutes] : ["late", 0];
  }
  if (left >= day) return ["days", days];
  if (hours) return [sameDay(due, now, zone) ? "today" : "hours", hours];
  return left > 0 ? ["minutes", Math.max(1, minutes)] : ["opening", 0];
}

function sameDay(one, other, timeZone) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return day.format(one * 1000) === day.format(other * 1000);
}
