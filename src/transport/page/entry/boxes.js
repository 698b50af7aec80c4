// Boxes and switches: what is beside them is what one chooses.
const BOX = "input[type=radio], input[type=checkbox]";
const YES = ["true", "是", "on", "开", "yes"];
const NO = ["false", "否", "off", "关", "no"];
const STAND_IN = ".layui-form-radio, .layui-form-checkbox, .layui-form-switch";
const HIGHEST = 8; // elements between a box and what holds its whole group

// What layui puts beside the box that it hides.
const standIn = (box) => (box.nextElementSibling?.matches(STAND_IN) ? box.nextElementSibling : null);

const withoutFields = (element) => {
  const copy = element.cloneNode(true);
  for (const field of copy.querySelectorAll("input, select, textarea, button")) field.remove();
  return plain(copy.textContent);
};

// The words beside a box.
function caption(box) {
  const label = box.closest("label") ?? box.labels?.[0];
  if (label) return withoutFields(label);
  if (box.title) return plain(box.title);
  for (let next = box.nextSibling; next; next = next.nextSibling) {
    if (next.nodeType === Node.ELEMENT_NODE && next.matches(BOX)) return "";
    if (plain(next.textContent)) return plain(next.textContent);
  }
  return "";
}

// The boxes among which this one is, for what is wanted: those of its name, or those in the nearest place that has it all.
function groupOf(box, wanted) {
  const kin = (place) => [...place.querySelectorAll(`input[type=${box.type}]`)];
  const named = box.name ? kin(box.form ?? box.ownerDocument).filter((one) => one.name === box.name && one.form === box.form) : [];
  if (named.length > 1) return named;
  let group = [box];
  let place = box.parentElement;
  for (let height = 0; place && height < HIGHEST; height += 1) {
    const here = kin(place);
    if (wanted.every((words) => here.some((one) => caption(one) === words))) return here;
    if (place.matches("form, body, table, fieldset, .el-form-item, .ant-form-item, .layui-form-item")) break;
    if (group.length === 1) group = here;
    place = place.parentElement;
  }
  return group;
}

// Where a person presses for a box: what stands for it, its words, and only then the box. Widgets hear their words, and not always
// the box that they hide; what hears the box hears its words too.
function pressedFor(box) {
  const label = box.closest("label") ?? box.labels?.[0];
  if (standIn(box)) return standIn(box);
  if (!label || !inSight(label)) return box;
  const words = label.ownerDocument.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const around = words.currentNode.parentElement;
    if (plain(words.currentNode.data) && inSight(around) && !around.closest("a, button, input, select, textarea, option")) return around;
  }
  return label;
}

const HEARS_WITHIN = 200; // milliseconds: what draws itself anew has done so by then

async function setBox(box, on) {
  if (box.checked === on) return;
  await until(() => !isOff(box), () => `the box "${caption(box)}" is disabled`);
  const shown = pressedFor(box);
  press(shown);
  await turn();
  const last = performance.now() + HEARS_WITHIN;
  while (box.isConnected && box.checked !== on && shown !== box && performance.now() < last) await pause(LOOK);
  if (box.isConnected && box.checked !== on && shown !== box && !standIn(box)) {
    press(box);
    await turn();
  }
  if (box.isConnected && box.checked !== on && box.type === "checkbox") refuse(`the box "${caption(box)}" does not stay as it is pressed`);
}

async function tick(box, text) {
  const wanted = text === "" ? [] : text.split("、").map(plain);
  // Words that hold the sign themselves.
  const whole = groupOf(box, [plain(text)]).some((one) => caption(one) === plain(text));
  const words = whole ? [plain(text)] : wanted;
  const simple = words.length === 1 ? words[0].toLowerCase() : "";
  if (!whole && box.type === "checkbox" && (YES.includes(simple) || NO.includes(simple))) {
    taken = true;
    return setBox(box, YES.includes(simple));
  }
  const has = (one) => groupOf(box, words).some((other) => caption(other) === one);
  await until(
    () => words.every(has),
    () => `no box shows "${words.filter((one) => !has(one)).join("、")}"; offered: ${named(groupOf(box, words).map(caption))}`,
  );
  const wrong = groupOf(box, words).filter((one) => one.checked !== words.includes(caption(one)) && (one.type === "checkbox" || !one.checked));
  for (const one of wrong) {
    taken = one === wrong.at(-1);
    await setBox(one, !one.checked);
  }
}

// A switch that is no box.
async function flip(element, text) {
  const simple = plain(text).toLowerCase();
  const words = [...element.querySelectorAll(".el-switch__label, .ant-switch-inner-checked, .ant-switch-inner-unchecked")].map((one) => plain(one.textContent));
  const on = YES.includes(simple) || (NO.includes(simple) ? false : null);
  if (on === null) refuse(`a switch is true or false, not "${text}"${words.length ? `; it says ${named(words)}` : ""}`);
  await until(() => !isOff(element), () => "the switch is disabled");
  const tells = element.matches("[aria-checked]") ? element : (element.querySelector("[aria-checked]") ?? element);
  const is = () => tells.getAttribute("aria-checked") === "true";
  taken = true;
  if (is() !== on) press(element.querySelector(".el-switch__core") ?? element);
  await until(() => is() === on, () => "the switch does not stay as it is pressed");
}
