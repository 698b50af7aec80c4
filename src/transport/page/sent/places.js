// Which fields, seen and unseen, belong to one thing.
const FIELD = "input:not([type=submit], [type=button], [type=reset], [type=image]), select, textarea, [contenteditable=''], [contenteditable=true]";
const UNSEEN = "input[type=hidden]";
const BOUNDS = "form, body, html, table, tbody, tr, fieldset";
const SENDS = "input[type=submit], input[type=image], button:not([type=button], [type=reset])"; // no thing has these
const HIGH = 6; // elements between a field and what is around it and its partners
const isSeen = (field) => !field.matches(UNSEEN) && field.checkVisibility({ visibilityProperty: true });
const fieldsIn = (place) => [...(place.matches(FIELD) ? [place] : []), ...place.querySelectorAll(FIELD)];

// The fields that a person sees as this thing, and the largest place around them that holds no other field in sight.
function thingOf(element) {
  let place = element;
  let own = fieldsIn(element).filter((field) => isSeen(field) || field === element);
  const stand = element.parentElement;
  if (own.length === 1 && own[0] === element && !isSeen(element) && stand && !stand.matches(BOUNDS)) {
    const beside = fieldsIn(stand).filter(isSeen);
    // A widget stands for the field that it hides; the hidden one of a hidden pair stands for the one in sight.
    if (beside.length > 0 && (beside.length === 1 || beside.every(isBox))) own = element.matches(UNSEEN) ? beside : [element, ...beside];
  }
  const boxes = own.filter(isBox);
  if (boxes.length > 0 && boxes[0].name) {
    const { form, name, ownerDocument } = boxes[0];
    const kin = [...(form ?? ownerDocument).querySelectorAll("input")].filter((one) => isBox(one) && one.name === name && one.form === form);
    own = [...new Set([...own, ...kin])];
  }
  for (let height = 0; height < HIGH; height += 1) {
    const wider = place.parentElement;
    if (!wider || own.length === 0 || wider.matches(BOUNDS) || wider.querySelector(SENDS)) break;
    const others = fieldsIn(wider).filter((field) => isSeen(field) && !own.includes(field));
    // Boxes that no name holds together are one thing where they stand together.
    if (others.length > 0 && !(own.length > 0 && own.every(isBox) && others.every((one) => isBox(one) && one.type === own[0].type && height < 3))) break;
    own.push(...others);
    place = wider;
  }
  return { own, place };
}

const bare = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
const STEM = 3; // letters that two names share at their beginning, at least

// Whether two names are of one thing: `applied` and `applied_show`, `unitName` and `unitId`.
function areRelated(one, other) {
  const [a, b] = [bare(one), bare(other)];
  if (a === "" || b === "" || one === other) return false;
  if (a.includes(b) || b.includes(a)) return true;
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && a[shared] === b[shared]) shared += 1;
  return shared >= STEM && shared * 2 >= Math.min(a.length, b.length);
}

// The fields that nobody sees and that are tied to a thing: by a label, by what an attribute names.
function tiedTo({ own, place }) {
  const page = place.ownerDocument;
  const ids = new Set();
  for (const label of place.querySelectorAll("label[for]")) ids.add(label.htmlFor);
  for (const field of own) {
    for (const { name, value } of field.attributes) {
      if (name.startsWith("data-") || ["aria-controls", "aria-owns", "for", "list"].includes(name)) ids.add(value.replace(/^#/u, ""));
    }
  }
  return [...ids].map((id) => (id === "" ? null : page.getElementById(id))).filter((one) => one?.matches(FIELD) && !own.includes(one) && !isSeen(one));
}

// The unseen fields beside a thing or tied to it, but for those that the page keeps of every form.
function partnersOf(thing) {
  const tied = tiedTo(thing);
  const names = thing.own.map((field) => field.name).filter(Boolean);
  const beside = fieldsIn(thing.place).filter((field) => !isSeen(field) && !thing.own.includes(field));
  const all = [...new Set([...tied, ...beside])].filter((field) => field.name && !field.disabled && field.type !== "file" && !names.includes(field.name));
  const called = thing.own.flatMap((field) => [field.name, field.id]).filter(Boolean);
  return all.map((field) => ({
    field,
    tied: tied.includes(field),
    related: called.some((one) => areRelated(one, field.name) || (field.id && areRelated(one, field.id))),
  }));
}

const heldBy = (field) => {
  if (isBox(field)) return field.checked ? field.value : "";
  if (field.localName === "select") return [...field.selectedOptions].map((one) => one.value).join("、");
  return field.isContentEditable ? field.textContent : field.value;
};

const entriesOf = (form) => [...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : value.name]);

// What the fields in sight show; what a person chose among boxes by where they stand.
const shownBy = (own) =>
  own.map((field) => {
    if (isBox(field)) return field.checked ? "x" : "-";
    return field.localName === "select" ? [...field.selectedOptions].map((one) => one.label || one.text).join("、") : heldBy(field);
  });
