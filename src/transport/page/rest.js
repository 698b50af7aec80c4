// Tells whether the page in a window and its frames are complete and quiet: nothing that its scripts asked for is under way, and nothing
// in it has changed for so many milliseconds. To be looked at again and again: `look` says in how many milliseconds that may be so at the
// earliest, 0 where it is so now; `end` when nobody will.
const resting = (root, quiet) => {
  const PENDING = Symbol.for("queqiao.pending");
  const STIRRED = Symbol.for("queqiao.stirred");
  const LEFT = Symbol.for("queqiao.left");
  const ENDED = Symbol.for("queqiao.ended");
  const moment = () => performance.timeOrigin + performance.now(); // comparable between frames
  let stirred = 0;
  const known = new WeakSet();
  const watch = new MutationObserver(() => (stirred = moment()));

  function* views(view) {
    yield view;
    for (const holder of view.document.querySelectorAll("iframe, frame")) {
      if (holder.contentDocument) yield* views(holder.contentWindow);
    }
  }

  // What is complete and has no scripts of its own can't change by itself.
  const lifeless = ({ document: page }) =>
    page.readyState === "complete" &&
    !page.querySelector("script, object, embed, meta[http-equiv=refresh i]") &&
    page.evaluate("count(//@*[starts-with(name(), 'on')])", page, null, XPathResult.NUMBER_TYPE, null).numberValue === 0;

  function look() {
    const now = moment();
    for (const view of views(root)) {
      // Some are watched from their beginning; and an answer that came between two looks may still be worked out.
      stirred = Math.max(stirred, view[STIRRED] ?? 0, view[ENDED] ?? 0);
      if (!(STIRRED in view) && !known.has(view.document)) {
        known.add(view.document);
        watch.observe(view.document, { subtree: true, childList: true, attributes: true, characterData: true });
        stirred = now;
      }
      if (view.document[LEFT] || view.document.readyState !== "complete" || view[PENDING] > 0) stirred = now;
    }
    return Math.max(0, quiet - (now - stirred));
  }
  return { look, end: () => watch.disconnect(), isLifeless: () => [...views(root)].every(lifeless) };
};
