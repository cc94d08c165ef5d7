// Generate notes: reads five facts from the deal's form, shows what would be passed on, writes while it comes, and puts
// nothing into the notes before its reader says so. The words stand in templates/cosell/_notes.html.
import { announce, element } from "./page.js";

const LONGEST_WAIT = 60_000; // the server ends sooner; this is for a line that went dead

class Writer {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.target = document.getElementById(place.dataset.notes);
    if (!this.form || !this.target || !this.part("begin")) return;
    this.variant = 0;
    this.text = "";
    this.agreed = ""; // the facts that may be sent: they are asked about once
    this.on("begin", () => this.begin());
    this.on("send", () => this.send());
    this.on("again", () => this.begin());
    this.on("self", () => this.writeOneself());
    this.on("drop", () => this.drop());
    this.on("back", () => this.putBack());
    this.on("tell", () => this.tell());
    for (const button of this.parts("cancel")) button.addEventListener("click", () => this.cancel());
    for (const button of this.parts("use")) button.addEventListener("click", () => this.use(button.dataset.notesUse));
    for (const button of this.parts("feeling")) button.addEventListener("click", () => this.feel(button));
    // Enter in the comment sends the comment, not the deal.
    this.part("words").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.tell();
    });
  }

  part(name) {
    return this.place.querySelector(`[data-notes-${name}]`);
  }

  parts(name) {
    return this.place.querySelectorAll(`[data-notes-${name}]`);
  }

  on(name, deed) {
    this.part(name).addEventListener("click", deed);
  }

  show(...names) {
    for (const name of ["ask", "running", "problem", "text", "choices", "failed", "undo", "feedback"])
      this.part(name).hidden = !names.includes(name);
  }

  say(text) {
    this.part("status").textContent = text;
  }

  // -- the five facts ------------------------------------------------------------------------------------------------

  /** What the form says of the deal: five facts and nothing else (the partner is the reader's own site). */
  facts() {
    const { value, currency, customer, country, solutions } = this.place.dataset;
    const facts = new URLSearchParams();
    const of = (name) => this.form.elements.namedItem(name)?.value ?? "";
    facts.set("value", of(value));
    facts.set("currency", of(currency));
    facts.set("customer", of(customer));
    facts.set("country", of(country));
    for (const name of named(this.form.querySelectorAll(solutions))) facts.append("solutions", name);
    return facts;
  }

  async begin() {
    this.stop();
    this.show("running");
    this.say(this.place.dataset.sayLooking);
    this.abort = new AbortController();
    const { signal } = this.abort;
    const facts = this.facts();
    const answer = await this.post(this.place.dataset.look, facts, signal);
    if (signal.aborted) return;
    if (!answer) return this.failed(this.place.dataset.sayOffline);
    const found = await json(answer);
    if (answer.status === 422 && found?.errors) return this.missing(found.errors);
    if (!answer.ok || !found) return this.failed(found?.message ?? this.place.dataset.sayBroken);
    this.list(found.facts);
    if (found.to && this.agreed !== facts.toString()) {
      this.asked = facts;
      this.part("facts").open = true;
      this.show("ask");
      this.say("");
      this.part("send").focus();
      return;
    }
    this.write(facts);
  }

  send() {
    this.agreed = this.asked.toString();
    this.write(this.asked);
  }

  list(facts) {
    const lines = facts.map(([label, value]) => {
      const shown = element("dd", {}, element("bdi", {}, value));
      return element("div", { class: "fact" }, element("dt", {}, label), shown);
    });
    this.part("list").replaceChildren(...lines);
  }

  missing(errors) {
    const { dataset } = this.place;
    const lines = Object.entries(errors).map(([name, words]) => {
      const control =
        name === "solutions" ? this.form.querySelector(dataset.solutions) : this.form.elements.namedItem(dataset[name]);
      return element("li", {}, control?.id ? element("a", { href: `#${control.id}` }, words) : words);
    });
    this.part("missing").replaceChildren(...lines);
    this.part("reason").textContent = dataset.sayMissing;
    this.say("");
    this.show("problem", "failed");
    announce(`${dataset.sayMissing} ${Object.values(errors).join(" ")}`);
  }

  // -- writing -------------------------------------------------------------------------------------------------------

  async write(facts) {
    this.stop();
    const { dataset } = this.place;
    this.text = "";
    this.id = "";
    this.part("text").textContent = "";
    this.show("running", "text");
    this.say(dataset.sayWriting);
    this.abort = new AbortController();
    const { signal } = this.abort;
    const limit = setTimeout(() => this.abort.abort("late"), LONGEST_WAIT);
    const sent = new URLSearchParams(facts);
    sent.set("variant", this.variant++ % 1000);
    const end = await this.read(sent, signal);
    clearTimeout(limit);
    if (signal.aborted && signal.reason !== "late") return;
    if (end.made) this.made();
    else this.failed(end.message ?? dataset.sayBroken);
  }

  /** Reads the events; resolves to how it ended. */
  async read(sent, signal) {
    const answer = await this.post(this.place.dataset.draft, sent, signal);
    if (!answer) return { message: this.place.dataset.sayOffline };
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream"))
      return { message: (await json(answer))?.message };
    try {
      for await (const [name, data] of events(answer.body)) {
        if (name === "begun") this.id = data.id;
        else if (name === "piece") this.part("text").textContent = this.text += data.text;
        else if (name === "made") return { made: true };
        else if (name === "failed") return { message: data.message };
      }
    } catch {
      // It broke off: said below.
    }
    return {};
  }

  made() {
    this.text = this.text.trim();
    this.say(this.place.dataset.sayMade);
    this.show("text", "choices", "feedback");
    this.choices();
    this.fresh();
    this.part("text").focus();
  }

  /** What can be done with the draft: it goes into empty notes at once, and beside others only as its reader says. */
  choices() {
    const written = Boolean(this.target.value.trim());
    for (const button of this.parts("use")) button.hidden = (button.dataset.notesUse === "use") === written;
  }

  failed(message) {
    this.part("missing").replaceChildren();
    this.part("reason").textContent = message;
    this.say("");
    const begun = Boolean(this.text.trim());
    this.show("problem", "failed", ...(begun ? ["text", "choices"] : []), ...(this.id ? ["feedback"] : []));
    if (begun) this.choices();
    this.fresh();
    announce(message);
    this.part("again").focus();
  }

  cancel() {
    this.stop();
    this.show();
    this.say(this.place.dataset.sayLeft);
    this.part("begin").focus();
  }

  stop() {
    this.abort?.abort();
  }

  // -- what becomes of it --------------------------------------------------------------------------------------------

  use(how) {
    const { dataset } = this.place;
    const before = this.target.value;
    const own = before.trimEnd();
    // It may have been written in meanwhile: what is there is asked about first.
    if (how === "use" && own) return this.choices();
    const after = how === "add" && own ? `${own}\n\n${this.text}` : this.text;
    if ([...after].length > Number(dataset.longest)) return this.say(dataset.sayTooLong);
    this.before = before;
    this.put(after);
    this.show("undo", ...(this.id ? ["feedback"] : []));
    this.say({ add: dataset.sayAdded, replace: dataset.sayReplaced, use: dataset.sayUsed }[how]);
    this.target.focus();
  }

  putBack() {
    this.put(this.before);
    this.show("text", "choices", ...(this.id ? ["feedback"] : []));
    this.choices();
    this.say(this.place.dataset.sayUndone);
    this.target.focus();
  }

  /** Changes the notes as typing does, so that drafts of the form and counters notice. */
  put(text) {
    this.target.value = text;
    this.target.dispatchEvent(new Event("input", { bubbles: true }));
    this.target.dispatchEvent(new Event("change", { bubbles: true }));
  }

  drop() {
    this.text = "";
    this.show(...(this.id ? ["feedback"] : []));
    this.say("");
    this.part("begin").focus();
  }

  writeOneself() {
    this.show();
    this.say("");
    this.target.focus();
  }

  // -- opinions ------------------------------------------------------------------------------------------------------

  fresh() {
    for (const button of this.parts("feeling")) button.setAttribute("aria-pressed", "false");
    this.part("comment").hidden = true;
    this.part("words").value = "";
    this.feeling = "";
  }

  feel(button) {
    this.feeling = button.dataset.notesFeeling;
    for (const each of this.parts("feeling")) each.setAttribute("aria-pressed", String(each === button));
    this.part("comment").hidden = false;
    this.tell();
  }

  async tell() {
    if (!this.feeling || !this.id) return;
    const address = this.place.dataset.feedback.replace("------------", this.id);
    const sent = new URLSearchParams({ feeling: this.feeling, comment: this.part("words").value });
    const answer = await this.post(address, sent, AbortSignal.timeout(10_000));
    const { sayThanks, sayNotNoted } = this.place.dataset;
    this.say(answer?.ok ? sayThanks : ((answer && (await json(answer))?.message) ?? sayNotNoted));
  }

  /** The answer, or null where there is none. */
  async post(address, sent, signal) {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const headers = { "X-CSRFToken": token, Accept: "text/event-stream, application/json" };
    try {
      const answer = await fetch(address, { method: "POST", body: sent, headers, signal, redirect: "manual" });
      return answer.type === "opaqueredirect" ? null : answer;
    } catch {
      return null;
    }
  }
}

/** The names that controls stand for: what is chosen, what is ticked, what is typed. */
function named(controls) {
  const names = [];
  for (const control of controls) {
    if (control.disabled) continue;
    if (control instanceof HTMLSelectElement)
      names.push(...[...control.selectedOptions].filter((one) => one.value).map((one) => one.dataset.name ?? one.text));
    else if (["checkbox", "radio"].includes(control.type)) {
      if (control.checked) names.push(control.labels?.[0]?.textContent ?? "");
    } else names.push(control.value);
  }
  return names.map((name) => name.trim()).filter(Boolean);
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

/** Server-sent events of an answer, as [name, data]. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const whole = (rest + value).split("\n\n");
      rest = whole.pop();
      for (const event of whole) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (name && data) yield [name, JSON.parse(data)];
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

document.querySelectorAll("[data-notes]").forEach((place) => new Writer(place));
