// Scrolls the page and everything in it that scrolls down by one screen at the most; frames and open shadow trees too. What hides its
// overflow is moved where nothing else can be; where nothing moves at all, the wheel is turned over what looks like a list.
// Replies what came of it: see `Scrolled` in going.rs.
const LEAST = 60; // pixels of the lowest box that a list stands in
const LISTS = "table, [role=grid], [role=treegrid], [role=table], [role=list], [role=listbox], [aria-rowcount]";
const boxes = [];

function* trees(root) {
  yield root;
  for (const one of root.querySelectorAll("*")) if (one.shadowRoot) yield* trees(one.shadowRoot);
}

function gather(view) {
  const page = view.document.scrollingElement;
  for (const tree of trees(view.document)) {
    for (const one of tree.querySelectorAll("*")) {
      if (one.scrollHeight <= one.clientHeight + 1) continue;
      const flow = one === page ? "auto" : view.getComputedStyle(one).overflowY;
      if (flow !== "visible") boxes.push({ one, view, flow, top: one === page });
    }
    for (const holder of tree.querySelectorAll("iframe, frame")) {
      if (holder.contentDocument) gather(holder.contentWindow);
    }
  }
}

function down({ one, view, top }) {
  const before = one.scrollTop;
  one.scrollTop = before + Math.max(one.clientHeight, 1);
  if (one.scrollTop === before) return false;
  one.dispatchEvent(new view.Event("scroll", { bubbles: top }));
  return true;
}

// Turns the wheel over an element; says whether anybody heard it.
function turn(one, view, told) {
  const { left, top, width, height } = one.getBoundingClientRect();
  if (width === 0 || height < LEAST) return false;
  const [clientX, clientY] = [left + width / 2, Math.min(top + height / 2, view.innerHeight - 1)];
  const hit = one.getRootNode().elementFromPoint?.(clientX, clientY);
  const target = hit && one.contains(hit) ? hit : one;
  if (told.has(target)) return false;
  told.add(target);
  const deltaY = Math.min(height, view.innerHeight) * 0.8;
  const how = { deltaY, clientX, clientY, bubbles: true, cancelable: true, composed: true, view };
  return !target.dispatchEvent(new view.WheelEvent("wheel", how));
}

function wheel(view, told) {
  let heard = false;
  for (const tree of trees(view.document)) {
    for (const list of tree.querySelectorAll(LISTS)) heard = turn(list, view, told) || heard;
    for (const holder of tree.querySelectorAll("iframe, frame")) {
      if (holder.contentDocument) heard = wheel(holder.contentWindow, told) || heard;
    }
  }
  return heard;
}

gather(window);
const at = boxes.map(({ one }) => Math.round(one.scrollTop)).join();
const high = boxes.filter(({ one }) => one.clientHeight >= LEAST);
let moved = false;
for (const box of boxes) {
  if (box.flow === "auto" || box.flow === "scroll") moved = down(box) || moved;
}
if (!moved) for (const box of high) if (box.flow === "hidden") moved = down(box) || moved;
let heard = false;
if (!moved) {
  const told = new Set();
  for (const { one, view } of high) heard = turn(one, view, told) || heard;
  heard = wheel(window, told) || heard;
}
const stuck = high.some(({ one }) => one.scrollTop + one.clientHeight < one.scrollHeight - 1);
return { moved, heard, at, stuck };
