// For windows beside: remembers when something in this document has changed last, so that `rest.js` need not watch it first, whether it
// has left for another, and what it has asked.
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
  // A page that is on its way elsewhere is not the one that was asked for.
  window.navigation?.addEventListener("navigate", ({ destination, downloadRequest }) => {
    if (!destination.sameDocument && downloadRequest === null) document[Symbol.for("queqiao.left")] = true;
  });
  // A dialog would stop every window of the session. Whoever has asked something is not read here.
  let asked = null;
  const ask = (answer) => (words) => ((asked ??= String(words ?? "")), answer);
  [window.alert, window.confirm, window.prompt] = [ask(undefined), ask(false), ask(null)];
  Object.defineProperty(window, Symbol.for("queqiao.asked"), { get: () => asked });
  Object.defineProperty(window, STIRRED, { get: () => last });
})();
