// Remembers when something in this document has changed last, so that `settle.js` need not watch it first.
// The browser runs it before any script of a new document.
(() => {
  const STIRRED = Symbol.for("queqiao.stirred");
  if (STIRRED in window) return;
  const now = () => performance.timeOrigin + performance.now();
  let last = now();
  const stir = () => (last = now());
  new MutationObserver(stir).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  document.addEventListener("readystatechange", stir);
  addEventListener("load", stir);
  Object.defineProperty(window, STIRRED, { get: () => last });
})();
