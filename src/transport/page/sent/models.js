// What the frameworks of today hold for an element: the models behind a field, as far as a page can be asked for them.
const two = (number) => String(number).padStart(2, "0");
const local = (day) =>
  `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())} ${two(day.getHours())}:${two(day.getMinutes())}:${two(day.getSeconds())}`;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/u;

// The ways to read a value, as texts: an instant is read by the clock of the page as well. Null where nothing can be made of it.
function readings(value) {
  if (value === null) return [""];
  if (["boolean", "number", "bigint", "string"].includes(typeof value)) {
    const text = String(value);
    const day = new Date(/^\d{13}$/u.test(text) ? Number(text) : (/^[1-9]\d{9}$/u.test(text) ? Number(text) * 1000 : (INSTANT.test(text) ? text : NaN)));
    return Number.isNaN(day.getTime()) ? [text] : [text, local(day)];
  }
  if (typeof value !== "object") return null;
  const day = value.getTime ? value : ((value.$d ?? value._d)?.getTime ? (value.$d ?? value._d) : value.toJSDate?.());
  if (day) return [Number.isNaN(day.getTime()) ? "" : local(day)];
  if (Array.isArray(value)) {
    const parts = value.map((one) => readings(one));
    if (parts.some((one) => one === null)) return null;
    return [parts.map((one) => one.at(-1)).join("、"), ...(parts.length > 1 ? parts.flat() : [])];
  }
  const said = ["label", "value", "text", "title", "name"].map((name) => value[name]).filter((one) => ["string", "number"].includes(typeof one));
  return said.length > 0 ? said.map(String) : null;
}

const isBox = (element) => element.matches("input[type=radio], input[type=checkbox]");
const BOXES = /radio|checkbox/iu; // components whose `value` is what choosing them means, not what is held

// What a component was given to hold, where it was also given someone to tell of changes.
function given(props, name) {
  if (!props) return [];
  const hears = (event) => typeof props[event] === "function" || Array.isArray(props[event]);
  const held = [];
  if (props.modelValue !== undefined) held.push(props.modelValue);
  const box = BOXES.test(name) && !/group/iu.test(name);
  if (props.value !== undefined && !box && ["onChange", "onUpdate:value", "onInput", "onUpdateValue"].some(hears)) held.push(props.value);
  return held;
}

const calledOf = (type) => (type && ["object", "function"].includes(typeof type) ? (type.displayName ?? type.name ?? type.__name ?? "") : "");

// Every element of a Vue 3 app with its node and the components around it, the innermost last.
function drawnBy3(root) {
  const all = new Map();
  const been = new Set();
  const walk = (node, chain) => {
    if (!node || typeof node !== "object" || been.has(node)) return;
    been.add(node);
    if (node.component) return walk(node.component.subTree, [...chain, node.component]);
    if (typeof node.type === "string" && node.el) all.set(node.el, { node, chain });
    for (const inner of node.dynamicChildren ?? []) walk(inner, chain);
    if (Array.isArray(node.children)) for (const inner of node.children) walk(inner, chain);
    if (node.suspense) walk(node.suspense.activeBranch, chain);
  };
  walk(root._vnode, []);
  return all;
}

function around(element, fits) {
  for (let here = element; here; here = here.parentElement) if (fits(here)) return here;
  return null;
}

const reactKey = (element, kinds) => Object.keys(element).find((key) => kinds.some((kind) => key.startsWith(kind)));
const apps = new Map(); // of this call

// What the node says that a framework drew last for an input: what it holds by its model.
function native(props, model, own) {
  if (model !== undefined) return { model, own };
  if (!props) return {};
  return { value: props.value, checked: props.checked };
}

function vue3(element, place) {
  const root = around(element, (one) => one.__vue_app__ && one._vnode);
  if (!root) return null;
  if (!apps.has(root)) apps.set(root, drawnBy3(root));
  const found = apps.get(root).get(element);
  if (!found) return { held: [], drawn: {} };
  const { node, chain } = found;
  const within = chain.filter((one) => place.contains(one.vnode.el) || one.vnode.el === place);
  const held = within.flatMap((one) => given({ ...one.vnode.props, modelValue: one.vnode.props?.modelValue }, calledOf(one.type)));
  const model = node.props && "onUpdate:modelValue" in node.props ? node.dirs?.find((one) => one.dir.created && one.dir.beforeUpdate)?.value : undefined;
  return { held, drawn: native(node.props, model, node.props?.value) };
}

function vue2(element, place) {
  const root = around(element, (one) => one.__vue__);
  if (!root) return null;
  let inner = root.__vue__;
  for (;;) {
    const further = inner.$children.find((one) => one.$el?.contains?.(element));
    if (!further) break;
    inner = further;
  }
  const held = [];
  let drawn = null;
  const find = (node) => {
    if (!node) return null;
    if (node.elm === element && node.tag && !node.componentInstance) return node;
    for (const one of node.children ?? []) {
      const found = find(one);
      if (found) return found;
    }
    return null;
  };
  for (let one = inner; one; one = one.$parent) {
    drawn ??= find(one._vnode);
    if (!place.contains(one.$el)) continue;
    const events = one.$options._parentListeners ?? {};
    const model = one.$options.model ?? {};
    const [prop, event] = [model.prop ?? "value", model.event ?? "input"];
    const box = BOXES.test(one.$options.name ?? "") && !/group/iu.test(one.$options.name ?? "");
    if (!box && events[event] && one.$props?.[prop] !== undefined) held.unshift(one.$props[prop]);
  }
  const data = drawn?.data ?? {};
  const model = data.directives?.find((one) => one.name === "model");
  return { held, drawn: native(data.domProps, model?.value, data.domProps?.value ?? element.value) };
}

// Every element of a React tree with what is around it, as it was drawn last: what an element itself names may be older.
function drawnByReact(root) {
  const all = new Map();
  const open = [{ fiber: root, up: null }];
  while (open.length > 0) {
    const { fiber, up } = open.pop();
    const here = { fiber, up };
    if (fiber.stateNode?.nodeType === Node.ELEMENT_NODE) all.set(fiber.stateNode, here);
    if (fiber.sibling) open.push({ fiber: fiber.sibling, up });
    if (fiber.child) open.push({ fiber: fiber.child, up: here });
  }
  return all;
}

function react(element, place) {
  const key = reactKey(element, ["__reactProps$", "__reactEventHandlers$"]);
  if (!key) return null;
  const held = [];
  let root = element[reactKey(element, ["__reactFiber$", "__reactInternalInstance$"])];
  while (root?.return) root = root.return;
  const current = root?.stateNode?.current;
  if (current && !apps.has(current)) apps.set(current, drawnByReact(current));
  for (let one = current ? apps.get(current).get(element)?.up : null; one; one = one.up) {
    const { type, stateNode, memoizedProps } = one.fiber;
    if (stateNode?.nodeType === Node.ELEMENT_NODE && !place.contains(stateNode)) break;
    if (typeof type !== "string" && memoizedProps) held.unshift(...given(memoizedProps, calledOf(type)));
  }
  const { value, checked } = element[key] ?? {};
  return { held, drawn: { value, checked } };
}

// AngularJS has a controller for each model; Angular says by its classes whether a model has heard.
function angular(element, place) {
  const controller = window.angular?.element?.(element).controller?.("ngModel");
  if (controller) return { held: [Number.isNaN(controller.$modelValue) ? controller.$viewValue : (controller.$modelValue ?? null)], drawn: {} };
  const host = around(element, (one) => one.matches(".ng-pristine, .ng-dirty") && place.contains(one));
  return host ? { held: [], drawn: {}, deaf: host.matches(".ng-pristine"), invalid: host.matches(".ng-invalid") } : null;
}

function alpine(element) {
  return element._x_model ? { held: [element._x_model.get()], drawn: {} } : null;
}

const FRAMEWORKS = [vue3, vue2, react, angular, alpine];
const modelsOf = (element, place) => {
  for (const ask of FRAMEWORKS) {
    try {
      const said = ask(element, place);
      if (said) return said;
    } catch {
      // What has changed its ways inside can't be asked.
    }
  }
  return null;
};

// Whether a framework drew the place where an element stands: then a form need not send its own fields.
const isDrawn = (element) => around(element, (one) => one.__vue_app__ || one.__vue__ || reactKey(one, ["__reactFiber$", "__reactContainer$", "__reactInternalInstance$"]) || one.hasAttribute("ng-version") || one.matches(".ng-scope, [data-v-app]")) !== null;
