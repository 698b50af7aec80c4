// Writes a text into a field the way a person's typing does, so that frameworks notice.
// Arguments: path of frames, mark, text, whether a read-only field may be written (date pickers are such).
const [path, index, text, evenReadOnly] = arguments;
return answer(() => {
  const field = marked(path, index);
  const view = field.ownerDocument.defaultView;
  if (field.disabled) refuse("the field is disabled");
  if (field.readOnly && !evenReadOnly) refuse("the field is read-only");
  const longest = field.maxLength;
  if (longest >= 0 && text.length > longest) refuse(`the field takes ${longest} characters at most`);

  // `focus()` and `blur()` send their events only in a page that has the focus.
  const focusing = (kind) => {
    let seen = false;
    const see = () => (seen = true);
    field.addEventListener(kind, see, { once: true });
    field[kind]();
    field.removeEventListener(kind, see);
    if (!seen) field.dispatchEvent(new view.FocusEvent(kind));
  };
  const send = (Kind, name, more) => field.dispatchEvent(new Kind(name, { bubbles: true, composed: true, ...more }));

  field.scrollIntoView({ block: "center" });
  focusing("focus");
  send(view.KeyboardEvent, "keydown", { cancelable: true });
  if (field.localName === "input" || field.localName === "textarea") {
    // Frameworks shadow `value` on the element itself; the prototype's setter is the one the browser uses.
    const proto = field.localName === "input" ? view.HTMLInputElement.prototype : view.HTMLTextAreaElement.prototype;
    Object.getOwnPropertyDescriptor(proto, "value").set.call(field, text);
    if (text !== "" && field.value === "") refuse(`a field of type ${field.type} does not take this text`);
  } else if (field.isContentEditable) {
    field.textContent = text;
  } else {
    refuse(`<${field.localName}> is no field to write in`);
  }
  send(view.InputEvent, "input", { inputType: "insertText", data: text });
  send(view.KeyboardEvent, "keyup");
  send(view.Event, "change");
  focusing("blur");
});
