// What offers options: selects, and what widgets open under a field.
const POPUPS = [
  { root: ".el-cascader", panel: ".el-cascader__dropdown", level: ".el-cascader-menu", option: ".el-cascader-node", label: ".el-cascader-node__label", inner: ".el-checkbox, .el-radio" },
  { root: ".ant-cascader", panel: ".ant-cascader-dropdown, .ant-select-dropdown", level: ".ant-cascader-menu", option: ".ant-cascader-menu-item", open: ".ant-select-selector", inner: ".ant-cascader-checkbox" },
  { root: ".el-select", panel: ".el-select-dropdown", option: ".el-select-dropdown__item, .el-tree-node__content", open: ".el-input__inner, .el-select__wrapper" },
  { root: ".el-autocomplete", panel: ".el-autocomplete-suggestion", option: "li", types: true },
  { root: ".ant-select-auto-complete", panel: ".ant-select-dropdown", option: ".ant-select-item-option", open: ".ant-select-selector", types: true },
  { root: ".ant-select", panel: ".ant-select-dropdown", option: ".ant-select-item-option, .ant-select-tree-node-content-wrapper", open: ".ant-select-selector" },
  { root: "span.combo", panel: ".combo-p, .combo-panel", option: ".combobox-item, .tree-node", open: ".combo-arrow", label: ".tree-title" },
  {
    root: null,
    panel: ".el-popover, .ant-popover, .ant-dropdown, .el-dropdown-menu, .dropdown-menu, .layui-dropdown, .xm-body, .ui-autocomplete, .tt-menu, .menuContent, .ztree, [role=listbox], [role=tree]",
    option: "[role=option], [role=treeitem] > *, .el-tree-node__content, .tree-node, .xm-option, .ui-menu-item, .tt-suggestion, .ztree a, li",
  },
];
const CLOSED = ".el-tree-node:not(.is-expanded) > .el-tree-node__content > .el-tree-node__expand-icon:not(.is-leaf), .ant-select-tree-switcher_close, .tree-collapsed, .ztree .switch[class*=_close]";
const SELECTED = ".selected, .is-selected, .is-active, .in-active-path, .ant-select-item-option-selected, .combobox-item-selected, .tree-node-selected, .ant-select-tree-node-selected, [aria-selected=true], .el-tree-node.is-current > *";
const BARRED = ".is-disabled, .disabled, :disabled, [aria-disabled=true], .ant-select-item-option-disabled, .ant-cascader-menu-item-disabled, .combobox-item-disabled, .layui-disabled";
const SEVERAL = ".el-select__tags, .el-cascader__tags, .ant-select-multiple, .tagbox";

// The options that show these words; the one, or a refusal once the time is over.
const sole = (options, words, what) =>
  until(
    () => {
      const fits = options().filter((one) => what(one) === words);
      return fits.length === 1 && !fits[0].matches(BARRED) ? fits[0] : null;
    },
    () => {
      const offered = options();
      const fits = offered.filter((one) => what(one) === words);
      if (fits.length === 1) return `the option "${words}" is disabled`;
      return `${fits.length === 0 ? "no option shows" : `${fits.length} options show`} "${words}"; offered: ${named(offered.map(what).filter(Boolean))}`;
    },
  );

const severalOf = (text, has) => {
  const whole = plain(text);
  if (whole === "" || has(whole)) return whole === "" ? [] : [whole];
  return whole.split("、").map(plain);
};

async function select(field, text) {
  const show = (option) => plain(option.label || option.text);
  await until(() => !isOff(field), () => "the select is disabled");
  const options = () => [...field.options];
  if (field.nextElementSibling?.matches(".layui-form-select")) return standInSelect(field, plain(text));
  const has = (words) => options().some((one) => show(one) === words);
  const wanted = field.multiple ? severalOf(text, has) : [plain(text)];
  const chosen = [];
  for (const words of wanted) chosen.push(await sole(options, words, show));
  taken = true;
  // What shows already what is wanted is left alone: choosing it again might make the page anew.
  if ([...field.selectedOptions].every((one) => chosen.includes(one)) && field.selectedOptions.length === chosen.length) return;
  focusing(field, "focus");
  if (field.multiple) for (const option of field.options) option.selected = chosen.includes(option);
  else field.selectedIndex = chosen[0].index;
  for (const name of ["input", "change"]) send(field, "Event", name);
  send(field, "Event", "chosen:updated"); // chosen draws itself anew
  if (field.isConnected) focusing(field, "blur");
}

// layui shows a list of its own for the select, and tells the page's scripts only of what is pressed there.
async function standInSelect(field, words) {
  const shown = () => field.nextElementSibling;
  const options = () => [...shown().querySelectorAll("dl dd:not(.layui-select-none)")];
  await sole(options, words, (one) => plain(one.textContent));
  press(shown().querySelector(".layui-select-title") ?? shown());
  const option = await sole(options, words, (one) => plain(one.textContent));
  taken = true;
  press(option);
}

async function list(field, text) {
  const options = () => [...(field.list?.options ?? [])];
  const shows = (option) => [option.value, option.label].map(plain).includes(plain(text));
  const option = await until(
    () => options().find(shows),
    () => `no option shows "${text}"; offered: ${named(options().map((one) => plain(one.value)))}`,
  );
  type(field, option.value);
  leave(field);
}

// What a widget has opened that was not there before, and is not about to go.
function panels(page, kind) {
  const all = [...page.querySelectorAll(kind.panel)];
  const open = all.filter((one) => inSight(one) && one.getClientRects().length > 0 && !one.closest("[class*=-leave]"));
  return open.filter((one) => !open.some((around) => around !== one && around.contains(one)));
}

function labelOf(option, kind) {
  const label = kind.label ? option.querySelector(kind.label) : null;
  return plain((label ?? option).textContent) || plain(option.getAttribute("title"));
}

async function popup(element, text) {
  const kind = POPUPS.find(({ root }) => !root || element.closest(root) || element.querySelector(root));
  const root = kind.root ? (element.closest(kind.root) ?? element.querySelector(kind.root)) : element;
  await until(() => !isOff(root) && !root.querySelector("input:disabled"), () => "the field is disabled");
  const page = root.ownerDocument;
  const before = new Set(panels(page, kind));
  const target = (kind.open && root.querySelector(kind.open)) ?? root.querySelector("input") ?? root;
  press(target);
  const opened = () => panels(page, kind).filter((one) => !before.has(one));
  // An option that holds a whole tree is none itself.
  const options = () => opened().flatMap((one) => [...one.querySelectorAll(kind.option)]).filter((one) => inSight(one) && !one.querySelector(kind.option));
  const label = (option) => labelOf(option, kind);
  const typed = root.matches("input") ? root : root.querySelector("input");
  if (kind.types) type(typed, text);
  const has = (words) => options().some((one) => label(one) === words);
  await turn();
  const several = root.matches(SEVERAL) || root.querySelector(SEVERAL) !== null;
  const wanted = several ? severalOf(text, has) : [plain(text)];
  try {
    for (const words of wanted) await pick(words, { kind, opened, options, label, typed, several, last: words === wanted.at(-1) });
    if (several) {
      for (const option of options().filter((one) => one.matches(SELECTED) && !wanted.includes(label(one)))) press(option);
    }
    await turn();
  } finally {
    if (opened().length > 0) pressElsewhere(root);
    if (typed && page.activeElement === typed) focusing(typed, "blur");
  }
  await turn();
}

// Presses one option open, step by step where it is a path.
async function pick(words, open) {
  const { kind, options, label, several, last } = open;
  const seen = new Set();
  const whole = await soon(words, open, seen);
  if (!whole && kind.level) return levels(words, open);
  if (!whole && words.includes("/")) return branches(words, open);
  if (!whole && seen.size > options().length) refuse(`no option shows "${words}"; offered: ${named([...seen])}`);
  const option = whole ?? (await sole(options, words, label));
  taken = last;
  if (!(several && option.matches(SELECTED))) press((kind.inner && option.querySelector(kind.inner)) || option);
}

const SOON = 200; // milliseconds: what is drawn when a list opens

// The option, if it shows itself: in what opens, further down in a long list, under what is folded up, or when it is searched for.
async function soon(words, open, seen) {
  const { opened, options, label, typed, kind } = open;
  const fits = () => {
    const here = options();
    for (const one of here) if (label(one)) seen.add(label(one));
    const found = here.filter((one) => label(one) === words);
    return found.length === 1 && !found[0].matches(BARRED) ? found[0] : null;
  };
  const paths = words.includes("/");
  const searches = typed && !typed.readOnly && !kind.types && !kind.level && !paths && (typed.matches("[role=combobox], .el-input__inner, .el-select__input") || !kind.root);
  const last = Math.min(deadline, performance.now() + (paths ? SOON : limit));
  const unfolded = new Set();
  let scrolled = false;
  let searched = 0;
  while (performance.now() <= last) {
    const found = fits();
    if (found) return found;
    if (paths && options().some((one) => label(one) === steps(words)[0])) return null;
    if (!paths) {
      for (const closed of opened().flatMap((one) => [...one.querySelectorAll(CLOSED)])) {
        if (!unfolded.has(closed)) press(closed);
        unfolded.add(closed);
      }
      scrolled = scroll(opened());
      if (!scrolled && searches && opened().length + searched < 2) {
        searched += 1;
        type(typed, words);
      }
    }
    await (scrolled ? drawn() : pause(LOOK));
  }
  return null;
}

// Long lists hold only what is in sight. From their end it begins again: something may have come meanwhile.
function scroll(places) {
  for (const place of places) {
    for (const list of place.querySelectorAll(".rc-virtual-list-holder, .ant-select-tree-list-holder, .vue-recycle-scroller, .el-vl__window")) {
      const before = list.scrollTop;
      list.scrollTop += list.clientHeight;
      if (list.scrollTop === before) list.scrollTop = 0;
      if (list.scrollTop !== before) return true;
    }
  }
  return false;
}

const steps = (words) => words.split(/\s*[/＞>]\s*/u).map(plain);

// A menu beside the other for each step.
async function levels(words, { kind, opened, label }) {
  const path = steps(words);
  for (const [depth, step] of path.entries()) {
    const menu = () => opened().flatMap((one) => [...one.querySelectorAll(kind.level)]).filter(inSight)[depth];
    const here = () => (menu() ? [...menu().querySelectorAll(kind.option)] : []);
    const option = await sole(here, step, label);
    const end = depth === path.length - 1;
    taken = end;
    press((end && option.querySelector(kind.inner)) || option);
    await turn();
  }
}

const NODE = ".ant-select-tree-treenode, .el-tree-node, li";

// Whether a node of a tree hangs under another: it stands in it, or, in a tree that is written as a list, after it and further in.
function under(above, node) {
  if (!node.matches(".ant-select-tree-treenode")) return node !== above && above.contains(node);
  const depth = (one) => one.querySelectorAll(".ant-select-tree-indent-unit").length;
  for (let next = above.nextElementSibling; next && depth(next) > depth(above); next = next.nextElementSibling) {
    if (next === node) return true;
  }
  return false;
}

// A tree that is unfolded branch by branch.
async function branches(words, { options, label }) {
  const path = steps(words);
  let above = null;
  for (const [depth, step] of path.entries()) {
    const here = () => options().filter((one) => !above || under(above, one.closest(NODE)));
    const found = await sole(here, step, label);
    if (depth === path.length - 1) {
      taken = true;
      return press(found);
    }
    above = found.closest(NODE);
    const folded = [above, ...above.querySelectorAll("*")].find((one) => one.matches(CLOSED));
    if (folded?.closest(NODE) === above) press(folded);
  }
}

// Works out what the marked element belongs to.
async function choose(element, text) {
  const container = element.closest(".layui-form-select, .select2-container, .chosen-container, .bootstrap-select");
  const near = container && (container.querySelector("select") ?? container.previousElementSibling);
  const native = element.matches("select") ? element : (near?.matches("select") ? near : element.querySelector("select"));
  if (native) return select(native, text);
  if (element.matches("[role=switch]") && !element.matches("input")) return flip(element, text);
  const widget = element.closest(".el-select, .el-cascader, .ant-select, span.combo");
  const hiddenCombo = element.nextElementSibling?.matches("span.combo") ? element.nextElementSibling : null;
  if (widget || hiddenCombo) return popup(widget ?? hiddenCombo, text);
  const box = element.matches(BOX) ? element : (element.matches(STAND_IN) ? element.previousElementSibling : element.querySelector(BOX));
  if (box?.closest(".el-switch")) return flip(box.closest(".el-switch"), text);
  if (box) return tick(box, text);
  const flips = element.querySelector("[role=switch]");
  if (flips) return flip(flips, text);
  if (element.list) return list(element, text);
  return popup(element, text);
}
