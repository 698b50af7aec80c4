// Waits until the page and its frames are complete and quiet. Arguments: quiet and limit in milliseconds, and whether the page was
// only just opened. Replies whether it became quiet before the limit.
const [quiet, limit, opened, done] = arguments;
const LOOK = 25; // milliseconds between two looks: a fraction of any useful `quiet`
const PENDING = Symbol.for("queqiao.pending");
const begun = performance.now();
let stirred = begun;
const known = new Set();
const watch = new MutationObserver(() => (stirred = performance.now()));

function* views(view) {
  yield view;
  for (const holder of view.document.querySelectorAll("iframe, frame")) {
    if (holder.contentDocument) yield* views(holder.contentWindow);
  }
}

// What is complete and has no scripts of its own can't change by itself.
const lifeless = (page) =>
  page.readyState === "complete" &&
  !page.querySelector("script, object, embed, meta[http-equiv=refresh i]") &&
  page.evaluate("count(//@*[starts-with(name(), 'on')])", page, null, XPathResult.NUMBER_TYPE, null).numberValue === 0;

function look() {
  const now = performance.now();
  for (const view of views(window)) {
    if (!known.has(view.document)) {
      known.add(view.document);
      watch.observe(view.document, { subtree: true, childList: true, attributes: true, characterData: true });
      stirred = now;
    }
    if (view.document.readyState !== "complete" || view[PENDING] > 0) stirred = now;
  }
  if (now - stirred >= quiet || now - begun >= limit) {
    watch.disconnect();
    done({ value: now - stirred >= quiet });
  } else {
    setTimeout(look, LOOK);
  }
}
if (opened && [...views(window)].every((view) => lifeless(view.document))) done({ value: true });
else look();
