// Focus on what is wrong, one submission at a time, and the name of a chosen file said aloud.

/** The summary of errors takes the focus when a form comes back. */
function focusSummary() {
  document.querySelector("[data-summary]")?.focus();
}

/** A second click on the same button does not send the form twice (the server refuses it anyway). */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.formTarget === "_blank") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), 8000); // a download answers without leaving the page
  });
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

/** Refuses a file that is too heavy before minutes of sending over a bad line. */
function checkFile(input) {
  const said = document.getElementById(`${input.id}-file`);
  const limit = Number(input.dataset.maxBytes || 0);
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    const heavy = Boolean(file && limit && file.size > limit);
    if (heavy) input.value = "";
    if (said) said.textContent = heavy ? input.dataset.tooHeavy : "";
  });
}

export function forms() {
  focusSummary();
  for (const form of document.querySelectorAll("form[method='post' i]")) sendOnce(form);
  for (const input of document.querySelectorAll("input[type='file']")) checkFile(input);
  // Coming back with the browser's arrow shows the page as it was left: with its button locked.
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
}
