// Counts the requests that scripts of this document have under way, so that `rest.js` can wait for them, and those that came
// to nothing: what a page says then is its guess, not the server's word. And when the last of them ended: what comes of it may still
// have to be worked out.
// The browser runs it before any script of a new document.
(() => {
  if (Symbol.for("queqiao.pending") in window) return;
  let pending = 0;
  let failed = 0;
  let ended = 0;
  Object.defineProperty(window, Symbol.for("queqiao.pending"), { get: () => pending });
  Object.defineProperty(window, Symbol.for("queqiao.failed"), { get: () => failed });
  Object.defineProperty(window, Symbol.for("queqiao.ended"), { get: () => ended });
  const judge = (status) => {
    if (status === 0 || status >= 500) failed += 1;
  };
  const begun = () => {
    let over = false;
    pending += 1;
    return () => {
      if (over) return;
      over = true;
      pending -= 1;
      ended = performance.timeOrigin + performance.now();
    };
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) {
    const end = begun();
    this.addEventListener("loadend", () => (end(), judge(this.status)), { once: true });
    try {
      return send.apply(this, args);
    } catch (error) {
      end();
      throw error;
    }
  };
  const native = window.fetch;
  window.fetch = function (...args) {
    const answer = native.apply(this, args);
    answer.then(
      (response) => judge(response.type.startsWith("opaque") ? 200 : response.status),
      () => judge(0),
    );
    return answer.finally(begun());
  };
  // An answer may break off after its head has come, or not be what the page takes it for.
  const reading = (from, name, whole) => {
    const native = from.prototype[name];
    if (!native) return;
    from.prototype[name] = function (...args) {
      const read = native.apply(this, args);
      read.catch(() => (failed += 1));
      return whole ? read.finally(begun()) : read; // a stream may go on for ever
    };
  };
  for (const name of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]) reading(Response, name, true);
  reading(ReadableStreamDefaultReader, "read", false);
})();
