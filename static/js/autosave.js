// Saves a long form while it is written; what could not be saved stays in this tab and is offered again.

const QUIET_MS = 2000;
const PATIENCE_MS = 6000; // how long the button waits for an autosave under way
const skip = new Set(["csrf_token"]);

function texts(form) {
  const kept = {};
  for (const field of form.elements) {
    if (!field.name || skip.has(field.name) || !/^(text|email|textarea|date|number|select-one)$/.test(field.type)) continue;
    kept[field.name] = field.value;
  }
  return kept;
}

const same = (text) => text.split(/\s+/).join(" ").trim(); // the server tidies spaces: that is no loss

/** A form that was sent and led to another page was received; only the sign-in page means that it was not. */
function forgetReceived() {
  if (document.querySelector("input[type='password']")) return;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("kept:") && key !== `kept:${location.pathname}` && JSON.parse(sessionStorage.getItem(key)).isSent) sessionStorage.removeItem(key);
  }
}

class Saver {
  constructor(form) {
    this.form = form;
    this.key = `kept:${location.pathname}`;
    this.status = form.querySelector("[data-saved]");
    this.offer();
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    this.unanswered = Object.assign(document.createElement("input"), { type: "hidden", name: "unanswered", disabled: true });
    form.append(this.unanswered);
    form.addEventListener("submit", (event) => this.leave(event), true); // before « send once » locks the form
    addEventListener("pagehide", () => clearTimeout(this.timer));
  }

  /** The button waits for the autosave under way: both at once would look like two people to the server. */
  leave(event) {
    clearTimeout(this.timer);
    this.keep(true); // forgotten by the page that follows, unless it asks to sign in
    if (!this.saving || event.submitter?.formTarget === "_blank") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isLeaving) return;
    this.isLeaving = true;
    const tooLong = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
    Promise.race([this.saving, tooLong]).then(() => {
      this.saving = null;
      this.isLeaving = false;
      this.form.requestSubmit(event.submitter);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.saving = Promise.resolve(this.saving).then(() => this.save());
      const turn = this.saving;
      turn.finally(() => { if (this.saving === turn) this.saving = null; });
    }, QUIET_MS);
    this.changed = true;
  }

  keep(isSent = false) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ isSent, texts: texts(this.form) }));
    } catch { /* a full or forbidden store only costs the second net */ }
  }

  say(word, value = "") {
    if (this.status) this.status.textContent = (this.status.dataset[word] || "").replace("{time}", value);
  }

  async save() {
    this.keep();
    this.say("saving");
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File || name === "unanswered") body.delete(name); // pictures wait for the button
    const sent = new URLSearchParams(body);
    sent.delete("csrf_token");
    Object.assign(this.unanswered, { value: sent.toString(), disabled: false }); // until the server has said that it has it
    try {
      const answer = await fetch(this.form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
      if (!answer.ok) throw new Error(String(answer.status));
      const saved = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
      const version = this.form.elements.namedItem("version");
      if (version && saved.version) version.value = saved.version;
      this.unanswered.disabled = true;
      sessionStorage.removeItem(this.key);
      this.say("done", new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date()));
    } catch (error) {
      this.say({ 409: "overtaken", 422: "incomplete" }[error.message] ?? "failed");
    }
  }

  offer() {
    let kept;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.key) || "null")?.texts;
    } catch { kept = null; }
    const now = texts(this.form);
    const lost = kept && Object.keys(kept).some((name) => name in now && same(kept[name]) && same(kept[name]) !== same(now[name]));
    sessionStorage.removeItem(this.key);
    if (!lost || !this.status) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "plain", textContent: this.status.dataset.restore });
    button.addEventListener("click", () => {
      for (const [name, value] of Object.entries(kept)) {
        const field = this.form.elements.namedItem(name);
        if (field && "value" in field) field.value = value;
      }
      this.later();
    });
    this.status.replaceChildren(this.status.dataset.found, " ", button);
  }
}

export function autosave() {
  forgetReceived();
  for (const form of document.querySelectorAll("form[data-autosave]")) new Saver(form);
}
