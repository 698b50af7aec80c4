// Which of several elements lies on top, so that a press meets it; null when none does. Widgets with fixed columns show some
// rows several times, one over the other. Arguments: path of frames, marks.
const [path, marks, done] = arguments;
const FOLLOWS = 50; // milliseconds: some frames of a screen

function free(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const hit = element.ownerDocument.elementFromPoint(left + width / 2, top + height / 2);
  return hit !== null && element.contains(hit);
}

async function find() {
  const elements = new Map(marks.map((index) => [index, marked(path, index)]));
  const onTop = () => marks.find((index) => free(elements.get(index)));
  let found = onTop();
  for (const element of elements.values()) {
    if (found !== undefined) break;
    // What lies outside of what is seen has to be brought there; the copies beside it follow a moment later.
    element.scrollIntoView({ block: "center", inline: "nearest" });
    await new Promise((seen) => setTimeout(seen, FOLLOWS));
    found = onTop();
  }
  return found;
}

find().then(
  (found) => done({ value: found ?? null }),
  (fault) => done({ fault: { kind: fault.kind ?? "refused", words: fault.words ?? String(fault) } }),
);
