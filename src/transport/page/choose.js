// Chooses the option of a <select> that shows a text. Arguments: path of frames, mark, text.
const [path, index, text] = arguments;
return answer(() => {
  const field = marked(path, index);
  if (field.localName !== "select") refuse(`<${field.localName}> is no select`);
  if (field.disabled) refuse("the select is disabled");
  const plain = (words) => words.replace(/\s+/gu, " ").trim();
  const options = Array.from(field.options).filter((option) => plain(option.text) === plain(text));
  if (options.length !== 1) {
    const offered = Array.from(field.options, (option) => plain(option.text)).slice(0, 20).join(" | ");
    refuse(`${options.length} options show "${text}"; offered: ${offered}`);
  }
  if (options[0].disabled) refuse(`the option "${text}" is disabled`);
  field.focus();
  if (field.multiple) options[0].selected = true;
  else field.selectedIndex = options[0].index;
  const view = field.ownerDocument.defaultView;
  for (const name of ["input", "change"]) field.dispatchEvent(new view.Event(name, { bubbles: true }));
  field.blur();
});
