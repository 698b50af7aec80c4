// For windows beside: remembers when something in this document has changed last, so that `settle.js` need not watch it first, and
// what it has asked.
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
  // A dialog would stop every window of the session. Whoever has asked something is not read here.
  let asked = null;
  const ask = (answer) => (words) => ((asked ??= String(words ?? "")), answer);
  [window.alert, window.confirm, window.prompt] = [ask(undefined), ask(false), ask(null)];
  Object.defineProperty(window, Symbol.for("queqiao.asked"), { get: () => asked });
  Object.defineProperty(window, STIRRED, { get: () => last });
})();
