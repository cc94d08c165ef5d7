// The frame around every page: menus, theme, toasts, times that stay true, tables that scroll, errors that are found.
import { button, words } from "./page.js";

export function startShell() {
  startMenus();
  startTheme();
  startToasts();
  startTimes();
  startTables();
  startTabs();
  startErrors();
}

/** One menu open at a time; a click elsewhere, Escape or leaving by keyboard closes it. */
function startMenus() {
  const menus = [...document.querySelectorAll("details[data-menu]")];
  const closeAllBut = (kept) => menus.forEach((menu) => menu !== kept && (menu.open = false));
  document.addEventListener("click", (event) => closeAllBut(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && menus.find((menu) => menu.open);
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  for (const menu of menus) {
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }
}

/** The choice is a cookie, so that the server paints the next page right at once. */
function startTheme() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-theme-switch] input")) return;
    const theme = event.target.value;
    document.documentElement.dataset.theme = theme;
    const age = theme === "auto" ? 0 : 365 * 24 * 3600;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  });
}

/** Toasts are put in after loading, so that they are read aloud; good news leaves by itself, trouble stays. */
function startToasts() {
  const area = document.querySelector("[data-toasts]");
  if (!area) return;
  const waiting = [...area.querySelectorAll("[data-toast]")];
  waiting.forEach((toast) => toast.remove());
  const show = (toast) => {
    const close = button("×", "quiet", () => toast.remove());
    close.className = "icon-button";
    close.setAttribute("aria-label", words.close);
    toast.append(close);
    area.append(toast);
    if (!toast.matches(".toast-bad, .toast-warn")) leaveUnlessRead(toast);
  };
  setTimeout(() => waiting.forEach(show), 100);
  document.addEventListener("portway:toast", (event) => show(event.detail));
}

function leaveUnlessRead(toast) {
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 3000) : toast.remove());
  setTimeout(leave, 8000);
}

/** "3 minutes ago" stays true on a page that is left open. Latin digits, as the server writes them. */
function startTimes() {
  const times = [...document.querySelectorAll("time[data-ago]")];
  if (!times.length) return;
  const format = new Intl.RelativeTimeFormat(`${document.documentElement.lang}-u-nu-latn`);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  setInterval(() => {
    for (const time of times) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      if (Math.abs(seconds) > 30 * 86400) continue;
      const [unit, length] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? steps.at(-1);
      time.textContent = format.format(Math.trunc(seconds / length) || Math.sign(seconds), unit);
    }
  }, 60_000);
}

/** A table too wide for its place can be scrolled by keyboard as well. */
function startTables() {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth;
      target.toggleAttribute("tabindex", false);
      if (scrolls) target.setAttribute("tabindex", "0");
      target[scrolls ? "setAttribute" : "removeAttribute"]("role", "region");
      const caption = target.querySelector("caption")?.textContent.trim();
      if (caption) target[scrolls ? "setAttribute" : "removeAttribute"]("aria-label", caption);
    }
  });
  document.querySelectorAll(".table-wrap").forEach((wrap) => watch.observe(wrap));
}

/** Tabs too many for a phone can be scrolled; the open one is in sight. */
function startTabs() {
  const watch = new ResizeObserver((entries) => {
    for (const { target: row } of entries) {
      const [outer, inner] = [row, row.querySelector("[aria-current]")].map((each) => each.getBoundingClientRect());
      row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
    }
  });
  document.querySelectorAll(".tabs ul:has([aria-current])").forEach((row) => watch.observe(row));
}

/** After a refused form the focus is on what was wrong; its links lead into the fields. */
function startErrors() {
  const summary = document.querySelector("[data-form-errors]");
  summary?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-form-errors] a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    (control ?? target).focus();
    (control ?? target).scrollIntoView({ block: "center" });
  });
}
