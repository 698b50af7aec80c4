// Scrolls the page and everything in it that scrolls down by one screen at the most; frames too. Replies whether anything moved.
let moved = false;
function down(view) {
  const page = view.document.scrollingElement;
  const all = [page, ...view.document.querySelectorAll("*")].filter((one) => one && one.scrollHeight > one.clientHeight + 1);
  for (const one of all) {
    const flow = view.getComputedStyle(one).overflowY;
    if (one !== page && flow !== "auto" && flow !== "scroll") continue;
    const before = one.scrollTop;
    one.scrollTop = before + Math.max(one.clientHeight, 1);
    if (one.scrollTop !== before) {
      moved = true;
      one.dispatchEvent(new view.Event("scroll", { bubbles: one === page }));
    }
  }
  for (const holder of view.document.querySelectorAll("iframe, frame")) {
    if (holder.contentDocument) down(holder.contentWindow);
  }
}
down(window);
return moved;
