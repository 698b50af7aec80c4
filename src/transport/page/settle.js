// Waits until the page and its frames are complete and quiet. Arguments: quiet and limit in milliseconds, and whether the page was
// only just opened. Before it stands `rest.js`. Replies whether it became quiet before the limit.
const [quiet, limit, opened, done] = arguments;
const LOOK = 25; // most milliseconds between two looks: a fraction of any useful `quiet`
const begun = performance.now();
const rest = resting(window, quiet);

function look() {
  const left = rest.look();
  if (left > 0 && performance.now() - begun < limit) return setTimeout(look, Math.min(LOOK, Math.ceil(left)));
  rest.end();
  done({ value: left === 0 });
}
if (opened && rest.isLifeless()) done({ value: true });
else look();
