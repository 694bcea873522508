// A small toolbar over a Markdown text, the preview while typing, pictures pasted or dropped. The text stays plain.
import { showPreview } from "./preview.js";

const LIVE_MS = 700;
const around = { bold: "**", italic: "*" };
const before = { title: "## ", list: "- " };

function put(field, text, from, to) {
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function wrap(field, sign) {
  const { selectionStart: from, selectionEnd: to } = field;
  put(field, `${sign}${field.value.slice(from, to)}${sign}`, from, to);
  if (from === to) field.setSelectionRange(from + sign.length, from + sign.length);
}

function startLines(field, sign) {
  const from = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const to = field.selectionEnd;
  const lines = field.value.slice(from, to).split("\n").map((line) => (line.startsWith(sign) ? line.slice(sign.length) : sign + line));
  put(field, lines.join("\n"), from, to);
}

function link(field) {
  const { selectionStart: from, selectionEnd: to } = field;
  put(field, `[${field.value.slice(from, to)}](https://)`, from, to);
  field.setSelectionRange(field.selectionEnd - 1, field.selectionEnd - 1);
}

class Editor {
  constructor(bar) {
    this.bar = bar;
    this.field = document.getElementById(bar.dataset.toolbar);
    this.said = bar.querySelector("[data-said]");
    this.preview = document.querySelector(`[data-preview="${bar.dataset.toolbar}"]`);
    bar.hidden = false;
    bar.addEventListener("click", (event) => this.act(event.target.closest("[data-do]")));
    bar.addEventListener("keydown", (event) => this.move(event));
    [...bar.querySelectorAll("[data-do]")].forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
    this.field.addEventListener("input", () => this.later());
    if (bar.dataset.upload) {
      this.field.addEventListener("paste", (event) => this.take(event, event.clipboardData));
      this.field.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
      this.field.addEventListener("drop", (event) => this.take(event, event.dataTransfer));
    }
  }

  /** One stop of the Tab key, arrows inside: what a toolbar is expected to do. */
  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...this.bar.querySelectorAll("[data-do]")];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  }

  act(button) {
    const what = button?.dataset.do;
    if (around[what]) wrap(this.field, around[what]);
    else if (before[what]) startLines(this.field, before[what]);
    else if (what === "link") link(this.field);
    else if (what === "live") {
      this.isLive = !this.isLive;
      button.setAttribute("aria-pressed", String(this.isLive));
      if (this.isLive) showPreview(this.preview, true);
    }
  }

  later() {
    clearTimeout(this.timer);
    if (this.isLive) this.timer = setTimeout(() => showPreview(this.preview, false), LIVE_MS);
  }

  take(event, data) {
    const files = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length || ["text/html", "text/plain"].every((kind) => data.types.includes(kind))) return; // cells of a sheet bring their picture too: the words are meant
    event.preventDefault();
    files.reduce((turn, file) => turn.then(() => this.send(file)), Promise.resolve());
  }

  async send(file) {
    const words = window.prompt(this.bar.dataset.ask);
    if (words === null) return; // thought better of it
    const body = new FormData();
    body.set("csrf_token", this.field.form.elements.namedItem("csrf_token").value);
    body.set("picture", file, file.name || "image");
    body.set("words", words);
    this.said.textContent = this.bar.dataset.wait;
    try {
      const answer = await fetch(this.bar.dataset.upload, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
      const found = await answer.json().catch(() => ({}));
      this.said.textContent = found.markdown ? "" : found.error || this.bar.dataset.failed;
      const at = this.field.selectionEnd;
      if (found.markdown) put(this.field, `\n\n${found.markdown}\n\n`, at, at);
    } catch {
      this.said.textContent = this.bar.dataset.failed;
    }
  }
}

export function editors() {
  for (const bar of document.querySelectorAll("[data-toolbar]")) new Editor(bar);
}
