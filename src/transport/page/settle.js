// Waits until the page and its frames are complete and quiet. Arguments: quiet and limit in milliseconds, and whether the page was
// only just opened. Replies whether it became quiet before the limit.
const [quiet, limit, opened, done] = arguments;
const LOOK = 25; // milliseconds between two looks: a fraction of any useful `quiet`
const PENDING = Symbol.for("queqiao.pending");
const STIRRED = Symbol.for("queqiao.stirred");
const LEFT = Symbol.for("queqiao.left");
const ENDED = Symbol.for("queqiao.ended");
const moment = () => performance.timeOrigin + performance.now(); // comparable between frames
const begun = moment();
let stirred = 0;
const known = new Set();
const watch = new MutationObserver(() => (stirred = moment()));

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
  const now = moment();
  for (const view of views(window)) {
    // Some are watched from their beginning; and an answer that came between two looks may still be worked out.
    stirred = Math.max(stirred, view[STIRRED] ?? 0, view[ENDED] ?? 0);
    if (!(STIRRED in view) && !known.has(view.document)) {
      known.add(view.document);
      watch.observe(view.document, { subtree: true, childList: true, attributes: true, characterData: true });
      stirred = now;
    }
    if (view.document[LEFT] || view.document.readyState !== "complete" || view[PENDING] > 0) stirred = now;
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
