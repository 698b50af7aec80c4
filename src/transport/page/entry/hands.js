// What a person's hands do, as events that the page can't tell apart in what it makes of them.
const LOOK = 15; // milliseconds between two looks at something that is waited for: one frame of a screen
let deadline = 0; // of the stroke under way, by `performance.now()`
let taken = false; // whether all of that stroke is in the page already

const pause = (time) => new Promise((go) => setTimeout(go, time));
// Lets run what the page has put off until now (`setTimeout(…, 0)`). A timer that a timer has set waits 4 ms in every browser, and
// those that the page sets under it as well: a message in between ends the chain.
const turn = () =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => setTimeout(go, 0);
    port2.postMessage(null);
  });
// Until what has been done is drawn, or taken back. A window that nobody sees draws nothing.
const drawn = () => Promise.race([new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))), pause(100)]);
const plain = (words) => (words ?? "").replace(/[\s\u00a0\u3000]+/gu, " ").trim();
const viewOf = (element) => element.ownerDocument.defaultView;
const inSight = (element) => element.checkVisibility({ visibilityProperty: true });
const named = (words) => (words.length === 0 ? "nothing" : words.slice(0, 20).join(" | ") + (words.length > 20 ? " | …" : ""));

// Waits until `look` finds something; refuses with what `why` says when the time is over.
async function until(look, why) {
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > deadline) refuse(why());
    await pause(LOOK);
  }
}

function send(element, kind, name, more) {
  const Kind = viewOf(element)[kind];
  return element.dispatchEvent(new Kind(name, { bubbles: true, composed: true, view: viewOf(element), ...more }));
}

// `focus()` and `blur()` send their events only in a page that has the focus.
function focusing(element, name) {
  let seen = false;
  const see = () => (seen = true);
  element.addEventListener(name, see, { once: true });
  element[name]();
  element.removeEventListener(name, see);
  if (seen) return;
  const Kind = viewOf(element).FocusEvent;
  element.dispatchEvent(new Kind(name, { composed: true }));
  element.dispatchEvent(new Kind(name === "focus" ? "focusin" : "focusout", { bubbles: true, composed: true }));
}

const KEYS = { Enter: 13, Tab: 9, Escape: 27 };
function key(element, name) {
  const more = { key: name, code: name, keyCode: KEYS[name], which: KEYS[name], cancelable: true };
  send(element, "KeyboardEvent", "keydown", more);
  send(element, "KeyboardEvent", "keyup", more);
}

const FOCUSABLE = "input, select, textarea, button, a[href], [tabindex], [contenteditable]";

// Moves the mouse there and presses it.
function press(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const spot = { clientX: left + width / 2, clientY: top + height / 2, cancelable: true, detail: 1, button: 0 };
  for (const name of ["pointerover", "pointerenter"]) send(element, "PointerEvent", name, { ...spot, bubbles: name === "pointerover" });
  for (const name of ["mouseover", "mouseenter", "mousemove"]) send(element, "MouseEvent", name, { ...spot, bubbles: name !== "mouseenter" });
  send(element, "PointerEvent", "pointerdown", { ...spot, isPrimary: true, buttons: 1 });
  const focuses = send(element, "MouseEvent", "mousedown", { ...spot, buttons: 1 });
  const focused = element.closest(FOCUSABLE);
  const active = element.ownerDocument.activeElement;
  if (focuses && focused && focused !== active) focusing(focused, "focus");
  send(element, "PointerEvent", "pointerup", { ...spot, isPrimary: true });
  send(element, "MouseEvent", "mouseup", spot);
  if (element.click) element.click();
  else send(element, "MouseEvent", "click", spot);
}

// Presses where nothing is, so that what is open closes.
function pressElsewhere(element) {
  const body = element.ownerDocument.body;
  for (const name of ["mousedown", "mouseup", "click"]) send(body, "MouseEvent", name, { cancelable: true });
}

// Frameworks shadow `value` on the element itself; the prototype's setter is the one the browser uses.
function put(field, text) {
  const proto = viewOf(field)[field.localName === "textarea" ? "HTMLTextAreaElement" : "HTMLInputElement"].prototype;
  Object.getOwnPropertyDescriptor(proto, "value").set.call(field, text);
}

// Types a text in place of what the field holds, and stays in the field.
function type(field, text) {
  if (field.ownerDocument.activeElement !== field || !field.ownerDocument.hasFocus()) focusing(field, "focus");
  send(field, "KeyboardEvent", "keydown", { cancelable: true });
  if (field.isContentEditable) {
    const page = field.ownerDocument;
    viewOf(field).getSelection().selectAllChildren(field);
    // Sends the events of typing by itself.
    if (page.execCommand(text === "" ? "delete" : "insertText", false, text)) return void send(field, "KeyboardEvent", "keyup");
    field.textContent = text;
  } else {
    put(field, text);
    if (text !== "" && field.value === "") refuse(`a field of type ${field.type} does not take this text`);
  }
  send(field, "InputEvent", "input", { inputType: "insertText", data: text });
  send(field, "KeyboardEvent", "keyup");
}

// Goes on to the next field.
function leave(field) {
  taken = true;
  send(field, "Event", "change");
  if (field.isConnected) focusing(field, "blur");
}

// Whether a person could not use it now.
function isOff(field) {
  return field.matches(":disabled, [aria-disabled=true]") || field.closest(".is-disabled, .ant-select-disabled, .textbox-disabled, .layui-disabled") !== null;
}

const TEXTS = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=button], [type=submit], [type=reset], [type=image]), textarea";

// The field that a person would write in, where the mark means what is around it.
function writable(element) {
  if (element.isContentEditable) return element;
  if (element.nextElementSibling?.matches("span.textbox")) element = element.nextElementSibling;
  if (element.matches(TEXTS)) return element;
  // A label may belong to the hidden one of two.
  const shown = element.matches(UNSEEN) ? thingOf(element).own.filter((one) => one.matches(TEXTS) && isSeen(one)) : [];
  if (shown.length === 1) return shown[0];
  const inner = [...element.querySelectorAll(`${TEXTS}, [contenteditable=""], [contenteditable=true]`)].filter(inSight);
  if (inner.length === 0) refuse(`<${element.localName}> is no field to write in`);
  return inner[0];
}

async function fill(element, text) {
  const field = writable(element);
  await until(() => !isOff(field), () => "the field is disabled");
  await until(() => !field.readOnly, () => "the field is read-only");
  if (field.maxLength >= 0 && text.length > field.maxLength) refuse(`the field takes ${field.maxLength} characters at most`);
  type(field, text);
  leave(field);
}
