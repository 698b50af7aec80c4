// Hides numbers of people and phones while a picture is taken, in all frames of the same origin and in shadow trees. It only paints
// over them: no text, value or layout changes, so the page can't tell. `show.js` takes it away again.
const KEY = Symbol.for("queqiao.hidden");
const NAME = "queqiao-hidden";
const NUMBERS =
  /(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{15}|1\d{10})(?![0-9A-Za-z])|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)/g;
const SHEET = `::highlight(${NAME}) { color: transparent; background-color: #000; text-shadow: none }`;
const undo = (window[KEY] ??= []);

// Paints an element with these properties until it is undone.
function paint(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    const before = [element.style.getPropertyValue(name), element.style.getPropertyPriority(name)];
    const written = element.hasAttribute("style");
    element.style.setProperty(name, value, "important");
    undo.push(() => {
      element.style.setProperty(name, ...before);
      if (!written && element.getAttribute("style") === "") element.removeAttribute("style");
    });
  }
}

// Everything in a document or shadow tree that is to be hidden: ranges of text, painted elements.
function hide(root, view, ranges) {
  const walker = view.document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      for (const found of node.data.matchAll(NUMBERS)) {
        const range = view.document.createRange();
        range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        ranges.push(range);
      }
      continue;
    }
    if (node.shadowRoot) hide(node.shadowRoot, view, ranges);
    if (["input", "textarea", "select"].includes(node.localName)) {
      const held = node.localName === "select" ? Array.from(node.selectedOptions, (option) => option.text).join() : node.value;
      if (held.search(NUMBERS) >= 0) paint(node, { "-webkit-text-security": "disc", color: "transparent" });
    } else if (node.localName === "iframe" || node.localName === "frame") {
      let inner = null;
      try {
        inner = node.contentDocument && node.contentWindow;
      } catch {} // another origin's
      if (inner) ofDocument(inner);
      else paint(node, { visibility: "hidden" }); // what nobody can look into is not shown
    }
  }
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  undo.push(() => (root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet)));
}

function ofDocument(view) {
  const ranges = [];
  hide(view.document, view, ranges);
  view.CSS.highlights.set(NAME, new view.Highlight(...ranges));
  undo.push(() => view.CSS.highlights.delete(NAME));
}

ofDocument(window);
return null;
