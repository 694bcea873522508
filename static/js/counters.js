// « 120 / 500 caractères » under a text, counted as the server counts: in code points.

const format = new Intl.NumberFormat(document.documentElement.lang || "fr");

function count(output) {
  const field = document.getElementById(output.dataset.counter);
  if (!field) return;
  const limit = Number(output.dataset.max);
  let timer = 0;
  const show = () => {
    const used = [...field.value.replace(/\r\n?/g, "\n").trim()].length;
    output.textContent = output.dataset.words.replace("{used}", format.format(used)).replace("{max}", format.format(limit));
    output.classList.toggle("over", used > limit);
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  show();
}

export function counters() {
  for (const output of document.querySelectorAll("[data-counter]")) count(output);
}
