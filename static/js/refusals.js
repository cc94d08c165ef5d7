// Disabled controls that say why. The words are in the page already and shown by CSS on hover and focus; this puts them
// into the top layer (no table or sidebar cuts them off), inside the window, and closes them with Escape.
import { announce } from "./page.js";

const GAP = 8;

export function startRefusals() {
  for (const type of ["pointerover", "focusin"]) document.addEventListener(type, (event) => show(refused(event)));
  for (const type of ["pointerout", "focusout"]) document.addEventListener(type, leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideAllBut(null));
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[aria-disabled='true']");
    if (!control) return;
    event.preventDefault();
    const whole = refused(event);
    if (!whole) return;
    show(whole);
    announce(words(whole).textContent);
  });
  addEventListener("scroll", () => open().forEach(place), { capture: true, passive: true });
}

const refused = (event) => event.target.closest?.("[data-refused]");
const words = (whole) => whole.querySelector(".refusal");
const open = () => document.querySelectorAll(".refusal:popover-open");

function leave(event) {
  const whole = refused(event);
  if (!whole || whole.contains(event.relatedTarget) || whole.contains(document.activeElement)) return;
  hide(words(whole));
}

function hide(tip) {
  if (tip.popover && tip.matches(":popover-open")) tip.hidePopover();
}

function hideAllBut(kept) {
  open().forEach((tip) => tip !== kept && hide(tip));
}

function show(whole) {
  if (!whole) return;
  const tip = words(whole);
  hideAllBut(tip);
  tip.popover = "manual";
  if (tip.matches(":popover-open")) return;
  tip.showPopover();
  place(tip);
}

/** Below the control, or above where there is no room; along its starting edge, and never outside the window. */
function place(tip) {
  const anchor = tip.parentElement.firstElementChild.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const { clientWidth: room, clientHeight: depth } = document.documentElement;
  const start = getComputedStyle(tip).direction === "rtl" ? anchor.right - width : anchor.left;
  const below = anchor.bottom + GAP + height <= depth;
  tip.style.left = `${Math.max(GAP, Math.min(start, room - width - GAP))}px`;
  tip.style.top = `${Math.max(GAP, below ? anchor.bottom + GAP : anchor.top - GAP - height)}px`;
}
