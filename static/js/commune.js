// The commune field: a listbox under the text, fed by the server. Without script the button « Chercher » does it.

class CommuneBox {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[type='text']");
    this.code = document.getElementById(box.dataset.code);
    this.found = [];
    this.active = -1;
    this.turn = 0;
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `${this.input.id}-options`, className: "options", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", box.dataset.label);
    this.status = document.createElement("p");
    this.status.className = "hidden-visually";
    this.status.setAttribute("role", "status");
    box.append(this.list, this.status);
    box.querySelector("button").hidden = true;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": this.list.id, autocomplete: "off",
    })) this.input.setAttribute(name, value);
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.code.value = ""; // a changed name is no longer the chosen commune
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), 160);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (item) this.choose(Number(item.dataset.index));
    });
  }

  async search() {
    const words = this.input.value.trim();
    const turn = ++this.turn;
    if (words.length < 2) return this.close();
    try {
      const answer = await fetch(`${this.box.dataset.communes}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (turn === this.turn) this.show(found); // an older answer may arrive after a newer one
    } catch {
      this.close();
      this.box.querySelector("button").hidden = false; // the way without script still stands
    }
  }

  show(found) {
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((commune, index) => this.item(commune, index)));
    const { none, some } = this.box.dataset;
    this.status.textContent = found.length ? some.replace("{count}", found.length) : none;
    if (!found.length) {
      const empty = document.createElement("li");
      empty.textContent = none;
      empty.setAttribute("role", "option");
      empty.setAttribute("aria-disabled", "true");
      this.list.append(empty);
    }
    this.open(true);
  }

  item(commune, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.dataset.index = index;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(commune.label);
    return item;
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.open(false);
  }

  move(step) {
    if (!this.found.length) return;
    this.active = (this.active + step + this.found.length) % this.found.length;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.active)));
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.search();
    } else if (event.key === "Enter" && isOpen && this.found.length) {
      event.preventDefault();
      this.choose(Math.max(this.active, 0));
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    }
  }

  choose(index) {
    const commune = this.found[index];
    if (!commune) return;
    this.input.value = commune.label;
    this.code.value = commune.code;
    this.code.dispatchEvent(new Event("change", { bubbles: true }));
    // Radio choices of an earlier search without script would contradict the new choice.
    for (const radio of this.box.parentElement.querySelectorAll("input[type='radio']")) radio.closest("fieldset").remove();
    this.close();
  }
}

export function communes() {
  for (const box of document.querySelectorAll("[data-communes]")) new CommuneBox(box);
}
