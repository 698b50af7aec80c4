// What would be sent of a thing, and what of it has changed since something was entered there.
const BEFORE = Symbol.for("queqiao.before");
const FIRST = Symbol.for("queqiao.first"); // what the form held by each name when something was first entered

function formOf(own) {
  return own.find((field) => field.form)?.form ?? null;
}

// Whether a form is sent by its own fields: others of them have names, or no script could do it.
function isCarried(form, own) {
  if (!form || isDrawn(form)) return false;
  const others = [...form.elements].filter((field) => field.matches(FIELD) && isSeen(field) && !own.includes(field));
  const plainly = form.hasAttribute("action") && form.ownerDocument.scripts.length === 0;
  return plainly || others.some((field) => field.name);
}

// All that can be asked now.
function state(element) {
  const thing = thingOf(element);
  const { own, place } = thing;
  const form = formOf(own);
  const models = own.map((field) => modelsOf(field, place)).filter(Boolean);
  if (models.length === 0) models.push(...[modelsOf(element, place)].filter(Boolean));
  const held = models.flatMap((one) => one.held).map(readings).filter((one) => one !== null);
  return { thing, form, models, shown: shownBy(own), partners: partnersOf(thing).map((one) => ({ ...one, held: heldBy(one.field) })), entries: form ? entriesOf(form) : [], held };
}

// Remembers it of an element before something is entered there.
function rememberBefore(element) {
  const page = element.ownerDocument;
  if (!page[BEFORE]) {
    Object.defineProperty(page, BEFORE, { value: new WeakMap() });
    Object.defineProperty(page, FIRST, { value: new Map() });
  }
  apps.clear();
  // What was entered twice is compared with what stood there at first.
  if (page[BEFORE].has(element)) return;
  const now = state(element);
  page[BEFORE].set(element, { ...now, forced: false });
  for (const [name, value] of now.entries) if (!page[FIRST].has(name)) page[FIRST].set(name, value);
}

// Remembers what the form has come to hold by that: what changes later is another thing's.
function rememberAfter(element) {
  const before = element.ownerDocument[BEFORE]?.get(element);
  if (before?.form?.isConnected) before.after = entriesOf(before.form);
}

function rememberForced(element, field) {
  const before = element.ownerDocument[BEFORE]?.get(element);
  if (before) before.forced = field.readOnly === true;
}

// What a framework drew for a field and the browser no longer shows: the model did not hear.
function deafTo(field, { drawn = {}, deaf, invalid }, hasChanged) {
  const says = (name, words) => ({ kind: "drawn", name, says: [words], before: null, tied: true, related: true });
  if (deaf && hasChanged) return [says("model", "")];
  if (invalid) return [says("model", "")];
  if (isBox(field)) {
    let on = typeof drawn.checked === "boolean" ? drawn.checked : null;
    if (drawn.model !== undefined) {
      const { model, own } = drawn;
      on = Array.isArray(model) ? model.some((one) => String(one) === String(own)) : (field.type === "radio" ? String(model) === String(own) : null);
    }
    return on === null || on === field.checked ? [] : [says("model", on ? "true" : "false")];
  }
  const value = drawn.model ?? drawn.value;
  if (!["string", "number"].includes(typeof value) || field.localName === "select") return [];
  return String(value).trim() === field.value.trim() || Number(value) === Number(field.value.replaceAll(",", "")) ? [] : [says("model", String(value))];
}

// The facts, for whoever judges them.
function evidenceOf(element) {
  apps.clear();
  const now = state(element);
  const { own } = now.thing;
  const before = element.ownerDocument[BEFORE]?.get(element);
  const names = new Set(own.map((field) => field.name).filter(Boolean));
  const hasChanged = before ? JSON.stringify(before.shown) !== JSON.stringify(now.shown) : null;
  const texts = (value) => readings(value) ?? [""];
  const carriers = now.partners.map(({ field, tied, related, held }) => {
    const was = before?.partners.find((one) => one.field === field || one.field.name === field.name);
    return { kind: "hidden", name: field.name, says: texts(held), before: was ? was.held : (element.ownerDocument[FIRST]?.get(field.name) ?? null), tied, related };
  });
  const near = new Set(now.partners.map((one) => one.field.name));
  const older = new Map();
  const heard = new Set((before?.after ?? []).map(([name, value]) => `${name}=${value}`));
  for (const [name, value] of before?.entries ?? []) older.set(name, [...(older.get(name) ?? []), value]);
  for (const [name, value] of now.entries) {
    if (names.has(name) || near.has(name) || !heard.has(`${name}=${value}`) || older.get(name)?.includes(value)) continue;
    carriers.push({ kind: "far", name, says: texts(value), before: (older.get(name) ?? []).join("、"), tied: false, related: false });
  }
  for (const name of names) {
    const sent = now.entries.filter(([own]) => own === name).map(([, value]) => value);
    if (now.form) carriers.push({ kind: "field", name, says: texts(sent.join("、")), before: (older.get(name) ?? []).join("、"), tied: true, related: true });
  }
  now.held.forEach((says, at) => carriers.push({ kind: "model", name: "model", says, before: before?.held.length === now.held.length ? before.held[at][0] : null, tied: true, related: true }));
  own.forEach((field, at) => carriers.push(...deafTo(field, now.models[at] ?? {}, hasChanged === true)));
  const off = own.length > 0 && own.every((field) => field.matches?.(":disabled"));
  return {
    changed: hasChanged,
    forced: before?.forced ?? false,
    off: off && now.form !== null && !isDrawn(element),
    named: names.size > 0,
    carries: isCarried(now.form, own) && own.length > 0 && !own.some((field) => field.isContentEditable),
    carriers,
  };
}
