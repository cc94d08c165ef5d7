// A draft kept by the server while it is being typed: <form data-autosave="address"> is sent there in the background.
// What the server has not got yet is still kept in the browser (drafts.js). Choosing a suggestion fills what it knows.
import { element } from "./page.js";

const PAUSE = 900;

for (const form of document.querySelectorAll("form[data-autosave]")) keepSaved(form);

document.addEventListener("portway:chosen", (event) => {
  const { fill = {} } = event.detail;
  const { form } = event.target;
  for (const [name, value] of Object.entries(fill)) {
    const control = form?.elements[name];
    if (!control || control.value === value) continue;
    control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

function keepSaved(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (text) => status && (status.textContent = text);
  let timer;
  let running = null; // the save that is on its way
  let again = false; // something was typed meanwhile
  let stopped = false;

  const changed = () => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  function save() {
    clearTimeout(timer);
    timer = undefined;
    if (stopped) return null;
    if (running) {
      again = true;
      return running;
    }
    say(status?.dataset.saving ?? "");
    running = send().finally(() => {
      running = null;
      if (again) {
        again = false;
        save();
      }
    });
    return running;
  }

  async function send() {
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { accept: "application/json" },
        keepalive: true,
      });
      const isJson = answer.headers.get("content-type")?.includes("json");
      const said = isJson ? await answer.json() : {};
      if (answer.ok && said.version) {
        form.elements.version.value = said.version;
        say(status?.dataset.saved ?? "");
      } else if (answer.status === 409) {
        stop(said.message);
      } else {
        say(status?.dataset.offline ?? "");
      }
    } catch {
      say(status?.dataset.offline ?? "");
    }
  }

  // Somebody else changed the deal: saving on would overwrite them. Sending the form says what to do.
  function stop(message) {
    stopped = true;
    say("");
    const words = element("div", { class: "notice-words" }, element("p", { class: "notice-title" }, message ?? ""));
    form.prepend(element("div", { class: "notice notice-warn", role: "alert" }, words));
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("visibilitychange", () => document.hidden && timer && save());

  // A form that is sent carries the version of what it was based on: let a save on its way arrive first.
  form.addEventListener(
    "submit",
    async (event) => {
      clearTimeout(timer);
      timer = undefined;
      again = false;
      if (!running) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      await running;
      form.requestSubmit(submitter);
    },
    { capture: true },
  );
}
