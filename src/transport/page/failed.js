// How many requests of the page's scripts, frames of the same origin included, came to nothing so far.
const KEY = Symbol.for("queqiao.failed");
const failed = (view) => {
  let count = view[KEY] ?? 0;
  for (let at = 0; at < view.frames.length; at += 1) {
    try {
      count += failed(view.frames[at]);
    } catch {
      // Another origin's.
    }
  }
  return count;
};
return failed(window);
