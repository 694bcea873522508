// The pledge form: choosing a reward proposes its amount, the total follows what is typed.

const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR", minimumFractionDigits: 0, maximumFractionDigits: 2 });

/** « 12,50 » → 1250; null when it cannot be read. As `parse_euros` on the server. */
export function cents(text) {
  let bare = text.replace(/[\s\u00a0\u202f\u2009]+/g, "").replace(/^€|(€|eur|euros?)$/i, "");
  if (/^\d{1,3}((,\d{3})+\.|(\.\d{3})+,)\d{2}$/.test(bare)) bare = `${bare.slice(0, -3).replace(/[.,]/g, "")},${bare.slice(-2)}`;
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(bare);
  return match ? Number(match[1]) * 100 + Number(((match[2] || "") + "00").slice(0, 2)) : null;
}

function follow(form) {
  const amount = form.querySelector("[data-money]");
  const outputs = form.querySelectorAll("[data-total]");
  if (!amount) return;
  const show = () => {
    const value = cents(amount.value);
    const whole = value !== null && value % 100 === 0;
    for (const output of outputs) {
      const nothing = output.tagName === "OUTPUT" ? "—" : ""; // the button says « Promettre » alone
      output.textContent = value === null ? nothing : whole ? euros.format(value / 100) : euros.format(value / 100).replace(/([.,]\d)(?=\D*$)/, "$10");
    }
  };
  form.addEventListener("change", (event) => {
    const least = Number(event.target.dataset?.minCents || 0);
    if (!event.target.checked || !least) return;
    const value = cents(amount.value);
    if (value === null || value < least) amount.value = least % 100 ? (least / 100).toFixed(2).replace(".", ",") : String(least / 100);
    show();
  });
  amount.addEventListener("input", show);
  show();
}

/** The bar at the bottom only shows while the page's own button is out of sight. */
function stickyBar() {
  const bar = document.querySelector("[data-sticky]");
  const button = document.querySelector("[data-give]");
  if (!bar || !button || !("IntersectionObserver" in window)) return;
  new IntersectionObserver(([entry]) => bar.classList.toggle("away", entry.isIntersecting)).observe(button);
}

export function pledgeTotal() {
  for (const form of document.querySelectorAll("form[data-pledge]")) follow(form);
  stickyBar();
}
