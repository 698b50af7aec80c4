// Reads the page as a person sees it now, with all frames of the same origin. Runs in the page; changes nothing in it.
// Arguments: whether to mark elements, the first free mark. Returns what `reading.rs` calls `Reading`.
const [marked, from] = arguments;
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

  function copyOf(live) {
    const copy = inert.importNode(live, false);
    if (live.nodeType !== Node.ELEMENT_NODE) return copy;
    reflect(live, copy);
    if (marked) {
      elements.set(next, live);
      copy.setAttribute("data-queqiao", next++);
      if (live.checkVisibility && !live.checkVisibility({ visibilityProperty: true })) {
        copy.setAttribute("data-queqiao-hidden", "");
      }
    }
    if (live.localName === "iframe" || live.localName === "frame") {
      copy.setAttribute("data-queqiao-frame", frames.length);
      holders.push(live);
      const reachable = live.contentDocument && live.contentDocument.documentElement;
      frames.push({
        name: live.getAttribute("name") ?? "",
        id: live.getAttribute("id") ?? "",
        src: live.getAttribute("src") ?? "",
        page: null,
      });
      if (reachable) frames.at(-1).page = live.contentWindow;
    } else if (live.localName === "textarea") {
      copy.textContent = live.value;
    } else if (live.localName !== "template") {
      for (const node of inside(live)) copy.appendChild(copyOf(node));
    }
    return copy;
  }

  const kind = page.doctype ? new XMLSerializer().serializeToString(page.doctype) : "";
  const html = kind + copyOf(page.documentElement).outerHTML;
  if (marked) Object.defineProperty(page, KEY, { value: { elements, holders }, configurable: true });
  for (const frame of frames) if (frame.page) frame.page = read(frame.page);
  const navigation = view.performance.getEntriesByType("navigation")[0];
  return { address: page.URL, title: page.title, status: navigation?.responseStatus ?? 0, html, frames };
}

return { page: read(window), next };
