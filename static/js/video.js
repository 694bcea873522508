// A video is a link until it is clicked: no other host is asked before. With a modifier key it stays a link.

export function videos() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-player]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: link.dataset.player, title: link.textContent, allowFullscreen: true, className: "player", referrerPolicy: "strict-origin" });
    link.replaceWith(frame);
    frame.focus();
  });
}
