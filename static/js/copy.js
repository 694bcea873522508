// « Copier le lien »: the button stays hidden until script can do it.

export function copyLinks() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const before = button.querySelector("[data-words]") ?? button;
    const words = before.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
      before.textContent = button.dataset.done;
      setTimeout(() => { before.textContent = words; }, 3000);
    });
  }
}
