// Shows a Markdown text as readers will see it, without leaving the page. Without script the same button opens a new tab.

/** The text of `button`'s field, in its place; `scroll`: bring it into view. */
export async function showPreview(button, scroll) {
  const field = document.getElementById(button.dataset.preview);
  const place = document.getElementById(`${button.dataset.preview}-preview`);
  const body = new FormData();
  body.set("csrf_token", field.form.elements.namedItem("csrf_token")?.value ?? "");
  body.set("preview_field", field.name);
  body.set(field.name, field.value);
  try {
    const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"); // already cleaned by the server
    place.replaceChildren(...(page.querySelector("[data-preview-text]") ?? page.body).childNodes);
  } catch {
    place.textContent = button.dataset.failed;
  }
  place.hidden = false;
  if (scroll) place.scrollIntoView({ block: "nearest" });
}

export function previews() {
  for (const button of document.querySelectorAll("[data-preview]")) {
    if (!document.getElementById(button.dataset.preview)?.form) continue;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      showPreview(button, true);
    });
  }
}
