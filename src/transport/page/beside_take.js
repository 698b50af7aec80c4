// Waits until at least one of some windows beside has its page and is quiet, and reads all that are. Arguments: quiet in milliseconds;
// how many of them to wait for the first window, and how many in all; the windows' names, the one that began first in front, or null
// for the window that this runs in. Before it stand `beside.js`, `rest.js` and the functions `asked` and `snapshot`, each the script of
// that name.
// Replies with what became of each window that is done: its place among the names, and whether it can't be read from here (`far`); or what
// the page has asked, or the page; neither when none has come.
const [quiet, late, stay, names, done] = arguments;
const LOOK = 25; // most milliseconds between two looks: a fraction of any useful `quiet`
const begun = performance.now();
let next = LOOK; // in how many milliseconds one of them may be done at the earliest
const own = { view: window, rest: null };

// What became of the window at that place; nothing while it is to be waited for.
function taken(name, at) {
  const beside = names === null ? own : besides[name];
  if (!beside || beside.view.closed) return { at, far: true };
  const { view } = beside;
  beside.rest ??= resting(view, quiet);
  const left = beside.rest.look();
  next = Math.min(next, Math.ceil(left));
  const settled = left === 0;
  if (!settled && !(at === 0 && performance.now() - begun >= late)) return null;
  // What never comes to rest is taken as it is, but not what stood there before.
  const arrived = settled || view.document[Symbol.for("queqiao.left")] !== true;
  const words = arrived ? asked(view) : null;
  return { at, asked: words, reading: arrived && words === null ? snapshot(false, 0, view) : null };
}

function look() {
  next = LOOK;
  const all = (names ?? [null]).map((name, at) => {
    try {
      return taken(name, at);
    } catch {
      return { at, far: true }; // it has gone to another origin
    }
  });
  const ended = all.filter((one) => one !== null);
  if (ended.length === 0 && performance.now() - begun < stay) setTimeout(look, next);
  else done({ value: ended });
}
look();
