// Makes pages nicer, never possible: everything works without this file, and one piece failing leaves the others be.
import { startComboboxes } from "./comboboxes.js";
import { startCopying } from "./copy.js";
import { startCounts } from "./counts.js";
import { startDrafts } from "./drafts.js";
import { startFollowing } from "./follow.js";
import { startForms } from "./forms.js";
import { startLater } from "./later.js";
import { startRefusals } from "./refusals.js";
import { startShell } from "./shell.js";

document.documentElement.dataset.scripted = "";

for (const start of [startDrafts, startShell, startRefusals, startComboboxes, startForms, startCounts, startCopying, startLater, startFollowing]) {
  try {
    start();
  } catch (error) {
    console.error(error);
  }
}
