// Waits until an element that stands in this document no longer moves, so that a press meets it and not what has come there
// meanwhile. Arguments: mark, limit in milliseconds.
const [index, limit, done] = arguments;
const LOOK = 30; // milliseconds between two looks: two frames of a screen
const begun = performance.now();
let before = "";

// Something that moves for ever (a spinner) is not waited for.
const moving = (element) =>
  document.getAnimations().some(({ playState, effect }) => {
    const ends = effect?.getComputedTiming().endTime;
    return playState === "running" && Number.isFinite(ends) && effect.target?.contains(element);
  });

function look() {
  const element = document[Symbol.for("queqiao")]?.elements.get(index);
  if (!element?.isConnected || performance.now() - begun >= limit) return done({ value: null });
  const { x, y, width, height } = element.getBoundingClientRect();
  const now = [x, y, width, height].join();
  if (now === before && !moving(element)) return done({ value: null });
  before = now;
  setTimeout(look, LOOK);
}
look();
