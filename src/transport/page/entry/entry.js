// Enters many things one after the other, as a person does. Arguments: for each its path of frames, mark, verb and text; for how
// long each may wait; for how long all may take; the name under which it is kept how far it came, should the page go away.
// Replies how many were entered (fewer than all when the time was over) and the fault that stopped it.
const [strokes, limit, budget, LEFT, done] = arguments;
const begun = performance.now();
const PENDING = Symbol.for("queqiao.pending");
const VERBS = { fill, choose, date };
const undo = [];
const views = new Set();
let entered = 0;
let leaving = null; // how many were entered when the page began to go away
let said = null; // what the page has said in a dialog

// What was entered last counts when all of it is in the page already.
const goes = () => (leaving ??= entered + (taken ? 1 : 0));

// A dialog would stop this script in the middle of a field. What it says stops it after the field.
function attend(view) {
  if (views.has(view)) return;
  views.add(view);
  const on = (name, work) => {
    view.addEventListener(name, work);
    undo.push(() => view.removeEventListener(name, work));
  };
  on("beforeunload", goes);
  on("pagehide", () => {
    goes();
    if (view === window) sessionStorage.setItem(LEFT, leaving);
  });
  // A form is on its way long before the page begins to go away.
  const own = (form) => form.ownerDocument.defaultView === view && ["", "_self", view.name].includes(form.target);
  on("submit", (event) => {
    if (!event.defaultPrevented && own(event.target)) goes();
  });
  const forms = view.HTMLFormElement.prototype;
  const submit = forms.submit;
  forms.submit = function () {
    if (own(this)) goes();
    return submit.call(this);
  };
  undo.push(() => (forms.submit = submit));
  for (const [name, reply] of [["alert", undefined], ["confirm", false], ["prompt", null]]) {
    const before = view[name];
    view[name] = (words) => {
      said ??= plain(String(words ?? ""));
      return reply;
    };
    undo.push(() => (view[name] = before));
  }
}

// What was entered may ask the system for something, such as the options of the next field.
async function calm(view, before) {
  await turn();
  while (view[PENDING] > before && performance.now() < deadline) await pause(LOOK);
  if (said !== null) refuse(`the page says "${said}"`);
}

async function enter({ path, index, verb, text }) {
  deadline = performance.now() + limit;
  const element = marked(path, index);
  const view = viewOf(element);
  attend(view);
  const before = view[PENDING] ?? 0;
  rememberBefore(element);
  taken = false;
  await VERBS[verb](element, text);
  entered += 1;
  taken = false;
  await calm(view, before).catch((fault) => {
    entered -= 1;
    throw fault;
  });
  if (element.isConnected) rememberAfter(element);
  if (leaving === null) return;
  // The page posts itself back. It goes away under this script, or in a frame of its own under the next mark.
  while (element.ownerDocument.defaultView === view && performance.now() < deadline) await pause(LOOK);
  if (element.ownerDocument.defaultView !== view) throw { kind: "stale", words: "" };
  leaving = null; // it was a download
}

async function all() {
  attend(window);
  for (const stroke of strokes) {
    if (entered > 0 && performance.now() - begun + limit > budget) return;
    await enter(stroke);
  }
}

all()
  .then(
    () => null,
    (fault) => ({ kind: fault?.kind ?? "refused", words: fault?.words ?? String(fault) }),
  )
  .then((fault) => {
    for (const work of undo.reverse()) work();
    done({ entered, fault });
  });
