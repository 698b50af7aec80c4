// The live element behind a mark of the last marked snapshot. Put before the scripts that act on it.
// Throws a fault `{ kind, words }`; `answer` turns it into the reply that Rust reads.
function marked(path, index) {
  const stale = { kind: "stale", words: "" };
  const KEY = Symbol.for("queqiao");
  let page = document;
  for (const step of path) {
    page = page[KEY]?.holders[step]?.contentDocument;
    if (!page) throw stale;
  }
  const element = page[KEY]?.elements.get(index);
  if (!element?.isConnected) throw stale;
  return element;
}

function answer(work) {
  try {
    return { value: work() ?? null };
  } catch (fault) {
    return { fault: { kind: fault.kind ?? "refused", words: fault.words ?? String(fault) } };
  }
}

function refuse(words) {
  throw { kind: "refused", words };
}
