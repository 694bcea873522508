// Asks once before a form with data-confirm is sent. Where it matters without script, the page uses ui.confirm.

function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  const actions = document.createElement("div");
  words.textContent = form.dataset.confirm;
  actions.className = "actions";
  const yes = document.createElement("button");
  const no = document.createElement("button");
  Object.assign(yes, { type: "button", className: "button danger", textContent: form.dataset.yes || submitter?.textContent.trim() || "Oui" });
  Object.assign(no, { type: "button", className: "button quiet", textContent: form.dataset.no || "Annuler" });
  yes.addEventListener("click", () => {
    form.dataset.sure = "yes";
    dialog.close();
    form.requestSubmit(submitter);
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  actions.append(no, yes);
  dialog.append(words, actions);
  document.body.append(dialog);
  dialog.showModal();
}

export function confirmations() {
  // Captured before the form's own listeners: a refused question must not lock the button.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.sure) return;
    event.preventDefault();
    event.stopPropagation();
    ask(form, event.submitter);
  }, true);
}
