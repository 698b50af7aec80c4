// Counts the requests that scripts of this document have under way, so that `settle.js` can wait for them.
// The browser runs it before any script of a new document.
(() => {
  if (Symbol.for("queqiao.pending") in window) return;
  let pending = 0;
  Object.defineProperty(window, Symbol.for("queqiao.pending"), { get: () => pending });
  const begun = () => {
    let over = false;
    pending += 1;
    return () => {
      if (!over) pending -= 1;
      over = true;
    };
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) {
    const end = begun();
    this.addEventListener("loadend", end, { once: true });
    try {
      return send.apply(this, args);
    } catch (error) {
      end();
      throw error;
    }
  };
  const native = window.fetch;
  window.fetch = function (...args) {
    return native.apply(this, args).finally(begun());
  };
})();
