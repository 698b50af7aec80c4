// Keeps presses of the mouse from the page that come later than they may.
// Arguments: path of frames, mark, the page's clocks at one moment, milliseconds from that moment on.
const [path, index, [tick, day], within] = arguments;
return answer(() => {
  const view = marked(path, index).ownerDocument.defaultView;
  const GUARD = Symbol.for("queqiao.guard");
  window[GUARD]?.end();
  const guard = { withheld: false };
  const keep = (event) => {
    if (performance.now() - tick <= within && Date.now() - day <= within) return;
    guard.withheld = true;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  const kinds = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
  for (const kind of kinds) view.addEventListener(kind, keep, { capture: true });
  guard.end = () => kinds.forEach((kind) => view.removeEventListener(kind, keep, { capture: true }));
  Object.defineProperty(window, GUARD, { value: guard, configurable: true });
});
