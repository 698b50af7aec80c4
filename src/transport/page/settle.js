// Waits until the page and its frames are complete and quiet. Arguments: quiet and limit in milliseconds, and whether the page was
// only just opened. Before it stands `rest.js`. Replies whether it became quiet before the limit.
const [quiet, limit, opened, done] = arguments;
const LOOK = 25; // milliseconds between two looks: a fraction of any useful `quiet`
const begun = performance.now();
const rest = resting(window, quiet);

function look() {
  const settled = rest.look();
  if (!settled && performance.now() - begun < limit) return setTimeout(look, LOOK);
  rest.end();
  done({ value: settled });
}
if (opened && rest.isLifeless()) done({ value: true });
else look();
