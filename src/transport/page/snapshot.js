// Reads the page as a person sees it now, with all frames of the same origin. Runs in the page; changes nothing in it.
// Arguments: whether to mark elements, the first free mark, the window unless it is this one. Returns what `reading.rs` calls `Reading`.
const [marked, from, shown = window] = arguments;
const KEY = Symbol.for("queqiao");
let next = from;

// Puts what a field holds now into the attributes that HTML has for it.
function reflect(live, copy) {
  if (live.localName === "option") copy.toggleAttribute("selected", live.selected);
  if (live.localName !== "input") return;
  switch (live.type) {
    case "checkbox":
    case "radio":
      copy.toggleAttribute("checked", live.checked);
      break;
    case "password": // a secret never leaves the page
      copy.setAttribute("value", live.value === "" ? "" : "••••");
      break;
    case "file":
      copy.setAttribute("value", Array.from(live.files, (file) => file.name).join(", "));
      break;
    default:
      if (live.value !== (live.getAttribute("value") ?? "")) copy.setAttribute("value", live.value);
  }
}

const CONTROLS = new Set(["input", "select", "textarea"]);
// Cells, rows and choices are never drawn for screen readers alone; there are many of them.
const PLAIN = new Set(["option", "optgroup", "td", "th", "tr", "tbody", "li", "br"]);
const VISIBLE = { visibilityProperty: true };
const SHOWN = { visibilityProperty: true, opacityProperty: true };
// How style sheets cut down to nothing what screen readers alone are to say.
const CUT = /^rect\((0|1)px[ ,]+(0|1)px|^inset\((50|100)%/;

// What keeps an element from sight now: "hidden"; "around" where only things in it can be seen; "clear" where it is a control that
// something else is shown for. Null for what is seen; what is laid out as its contents alone is seen by them.
function unseen(live) {
  if (live.checkVisibility(SHOWN)) {
    if (PLAIN.has(live.localName)) return null;
    const { clip, clipPath, position } = live.ownerDocument.defaultView.getComputedStyle(live);
    if (clip === "auto" && clipPath === "none") return null;
    if (!((position === "absolute" || position === "fixed") && CUT.test(clip)) && !CUT.test(clipPath)) return null;
    // A select that a widget stands for holds its value all the same.
    if (CONTROLS.has(live.localName)) return "clear";
    return live.querySelector("input, select, textarea") ? null : "hidden";
  }
  if (live.localName === "option" || live.localName === "optgroup") return null;
  const { display, opacity } = live.ownerDocument.defaultView.getComputedStyle(live);
  if (display === "contents") return null;
  if (live.checkVisibility(VISIBLE)) return opacity === "0" && CONTROLS.has(live.localName) ? "clear" : null;
  const seen = (inner) => inner.checkVisibility(VISIBLE);
  return live.checkVisibility() && Array.prototype.some.call(live.querySelectorAll("*"), seen) ? "around" : "hidden";
}

// What is laid out inside an element: the shadow tree instead of the children, what is slotted instead of the slot.
function inside(live) {
  if (live.shadowRoot) return live.shadowRoot.childNodes;
  if (live.localName === "slot" && live.assignedNodes) {
    const assigned = live.assignedNodes();
    if (assigned.length > 0) return assigned;
  }
  return live.childNodes;
}

function read(view) {
  const page = view.document;
  const inert = page.implementation.createHTMLDocument(""); // nothing loads and no script runs in it
  const elements = new Map();
  const holders = [];
  const frames = [];

  // Gives the copy of one element what its live one has beyond its markup.
  function dress(live, copy) {
    reflect(live, copy);
    if (marked) {
      elements.set(next, live);
      copy.setAttribute("data-queqiao", next++);
    }
    const kept = laid ? unseen(live) : null;
    if (kept === "around") for (const node of copy.childNodes) if (node.nodeType === Node.TEXT_NODE) node.data = "";
    if (kept === "hidden" || kept === "clear") copy.setAttribute(`data-queqiao-${kept}`, "");
    if (live.localName === "iframe" || live.localName === "frame") {
      copy.setAttribute("data-queqiao-frame", frames.length);
      holders.push(live);
      const attribute = (name) => live.getAttribute(name) ?? "";
      frames.push({ name: attribute("name"), id: attribute("id"), src: attribute("src"), page: null });
    } else if (live.localName === "textarea") {
      copy.textContent = live.value;
    } else if (live.localName === "template") {
      copy.innerHTML = ""; // nobody sees it
    }
  }

  // Node by node, where shadow trees have to be laid into the page.
  function laidOut(live) {
    const copy = inert.importNode(live, false);
    if (live.nodeType !== Node.ELEMENT_NODE) return copy;
    for (const node of inside(live)) copy.appendChild(laidOut(node));
    dress(live, copy);
    return copy;
  }

  // All at once, which is several times faster.
  function copied(root, all) {
    const copy = inert.importNode(root, true);
    const copies = [copy, ...copy.querySelectorAll("*")];
    all.forEach((live, at) => dress(live, copies[at]));
    return copy;
  }

  const root = page.documentElement;
  // Of a page in a frame that is kept from sight itself nothing is laid out: it says nothing about its parts.
  const laid = root.checkVisibility();
  const all = [root, ...root.querySelectorAll("*")];
  const copy = all.some((live) => live.shadowRoot) ? laidOut(root) : copied(root, all);
  copy.setAttribute("data-queqiao-seen", ""); // what is hidden in it is marked
  const kind = page.doctype ? new XMLSerializer().serializeToString(page.doctype) : "";
  if (marked) Object.defineProperty(page, KEY, { value: { elements, holders }, configurable: true });
  holders.forEach((holder, at) => {
    if (holder.contentDocument?.documentElement) frames[at].page = read(holder.contentWindow);
  });
  const navigation = view.performance.getEntriesByType("navigation")[0];
  const status = navigation?.responseStatus ?? 0;
  // What the browser has kept was not asked for.
  const asked = navigation?.requestStart > 0 && navigation.deliveryType !== "cache";
  const waited = asked ? Math.max(navigation.responseStart - navigation.requestStart, 0) : null;
  return { address: page.URL, title: page.title, status, waited, kind: page.contentType, charset: page.characterSet, html: kind + copy.outerHTML, frames };
}

return { page: read(shown), next };
