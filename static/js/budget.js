// The balance of a budget, while it is typed: uses = goal + other funders. The server computes it again.
import { cents } from "./pledge.js";

const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR" });

function sum(form, name) {
  return [...form.querySelectorAll(`[data-cents="${name}"]`)].reduce((total, field) => total + (cents(field.value) ?? 0), 0);
}

function follow(output) {
  const form = output.closest("form");
  const words = output.querySelector("[data-balance-words]");
  const show = () => {
    const [uses, goal] = [sum(form, "uses"), sum(form, "goal")];
    const gap = uses - sum(form, "resources") - goal;
    const sentence = !uses && !goal ? output.dataset.empty : gap === 0 ? output.dataset.even : gap > 0 ? output.dataset.short : output.dataset.over;
    words.textContent = sentence.replace("{amount}", euros.format(Math.abs(gap) / 100));
  };
  form.addEventListener("input", (event) => {
    if (event.target.dataset.cents) show();
  });
}

export function budgetBalance() {
  for (const output of document.querySelectorAll("[data-balance]")) follow(output);
}
