// Dates, as the widgets take them: many let nobody type.
const NUMBERS = /\d+/gu;
const numbers = (text) => (text.match(NUMBERS) ?? []).map(Number);

// A date in words that a program writes: its year, month, day, hour, minute and second, as far as it goes.
const sameMoment = (one, other) => {
  const [a, b] = [momentOf(one), momentOf(other)];
  while (a.length < b.length) a.push(0);
  while (b.length < a.length) b.push(0);
  return a.every((number, at) => number === b[at]);
};

// The ways to write the same moment, the given one first.
function ways(text) {
  const [year, month, day, ...time] = numbers(text);
  const clock = time.length > 0 ? ` ${time.map(two).join(":")}` : "";
  const full = time.length === 2 ? `${clock}:00` : clock;
  if (day === undefined) return [text];
  const dates = [`${year}-${two(month)}-${two(day)}`, `${year}/${two(month)}/${two(day)}`, `${year}年${two(month)}月${two(day)}日`, `${year}.${two(month)}.${two(day)}`, `${year}${two(month)}${two(day)}`];
  return [...new Set([text, ...dates.flatMap((date) => [date + clock, date + full])])];
}

// Fields that the browser itself draws a calendar for.
const NATIVE = {
  date: ([year, month, day]) => `${year}-${two(month)}-${two(day)}`,
  month: ([year, month]) => `${year}-${two(month)}`,
  time: (parts) => parts.slice(-3).map(two).join(":"),
  "datetime-local": ([year, month, day, hour = 0, minute = 0, second]) => `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}${second ? `:${two(second)}` : ""}`,
};

// Calendars that are pressed: where they stand, how one goes through them, and which month they show.
const CALENDARS = [
  {
    of: "span.datebox, span.datetimebox",
    open: ".combo-arrow",
    panel: ".calendar",
    day: (panel, [year, month, day]) => panel.querySelector(`td[abbr="${year},${month},${day}"]`),
    shown: (panel) => numbers([...panel.querySelectorAll("td[abbr]:not(.calendar-other-month)")][0]?.getAttribute("abbr") ?? ""),
    go: { year: [".calendar-prevyear", ".calendar-nextyear"], month: [".calendar-prevmonth", ".calendar-nextmonth"] },
  },
  {
    of: "input.hasDatepicker",
    panel: ".ui-datepicker",
    day: (panel, [year, month, day]) => [...panel.querySelectorAll(`td[data-year="${year}"][data-month="${month - 1}"] a`)].find((one) => Number(one.textContent) === day),
    shown: (panel) => {
      const day = panel.querySelector("td[data-month]");
      return day ? [Number(day.dataset.year), Number(day.dataset.month) + 1] : [];
    },
    go: { year: [], month: [".ui-datepicker-prev", ".ui-datepicker-next"] },
  },
];
const FURTHEST = 1200; // months: a hundred years

async function calendar(kind, root, text) {
  const wanted = numbers(text);
  const page = root.ownerDocument;
  press((kind.open && root.querySelector(kind.open)) ?? root);
  const panel = () => [...page.querySelectorAll(kind.panel)].find(inSight);
  await until(panel, () => "no calendar opens");
  for (let pressed = 0; pressed < FURTHEST; pressed += 1) {
    const [year, month] = kind.shown(panel());
    if (year === wanted[0] && month === wanted[1]) break;
    const far = year !== wanted[0] && kind.go.year.length > 0;
    const later = wanted[0] * 12 + wanted[1] > year * 12 + month;
    const button = panel()?.querySelector(kind.go[far ? "year" : "month"][later ? 1 : 0]);
    if (!button) refuse("the calendar can't be turned to that month");
    press(button);
  }
  const day = kind.day(panel(), wanted);
  if (!day || day.matches(`${BARRED}, .calendar-disabled, .ui-state-disabled`)) refuse(`the calendar does not offer ${text}`);
  taken = true;
  press(day);
  await turn();
  const shown = (root.querySelector(TEXTS) ?? root).value;
  if (!wanted.every((number) => number === 0 || numbers(shown).includes(number))) refuse(`the date field makes "${shown}" of ${text}`);
}

// Types the date in the ways that such a widget may want it, until it holds it; the key is what it is told with that it is one.
async function typedDate(element, field, text, name) {
  for (const way of ways(text)) {
    press(field);
    await turn();
    rememberForced(element, field);
    type(field, way);
    await turn();
    if (field.getAttribute("aria-invalid") === "true") continue;
    taken = true;
    send(field, "Event", "change");
    key(field, name);
    focusing(field, "blur");
    await drawn();
    if (sameMoment(field.value, text)) return;
    taken = false;
  }
  refuse(`the date field makes "${field.value}" of ${text}`);
}

// layui shows the date that stands in the field, and tells the page's scripts of it when it is pressed.
async function laydate(field, text) {
  put(field, text);
  press(field);
  const panel = () => [...field.ownerDocument.querySelectorAll(".layui-laydate")].find(inSight);
  await until(panel, () => "no calendar opens");
  const agree = panel().querySelector(".laydate-btns-confirm") ?? panel().querySelector("td.layui-this");
  if (!agree || agree.matches(".laydate-disabled")) refuse(`the calendar does not offer ${text}`);
  taken = true;
  press(agree);
  await turn();
  if (panel()) pressElsewhere(field);
  if (!sameMoment(field.value, text)) refuse(`the date field makes "${field.value}" of ${text}`);
  for (const name of ["input", "change"]) send(field, "Event", name);
}

async function date(element, text) {
  const combo = element.nextElementSibling?.matches("span.textbox") ? element.nextElementSibling : element;
  for (const kind of CALENDARS) {
    const root = combo.closest(kind.of) ?? combo.querySelector(kind.of);
    if (!root) continue;
    await until(() => !isOff(root) && !root.querySelector("input:disabled"), () => "the field is disabled");
    return calendar(kind, root, text);
  }
  const field = writable(combo);
  await until(() => !isOff(field), () => "the field is disabled");
  if (field.closest(".el-range-editor, .ant-picker-range")) refuse("the field takes two dates, from and to");
  const native = NATIVE[field.type];
  if (native) {
    type(field, native(numbers(text)));
    return leave(field);
  }
  if (field._flatpickr) return field._flatpickr.setDate(text, true);
  if (field.closest(".el-date-editor")) return typedDate(element, field, text, "Tab");
  if (field.closest(".ant-picker")) return typedDate(element, field, text, "Enter");
  if (field.hasAttribute("lay-key") || field.hasAttribute("lay-options")) return laydate(field, text);
  if (field.readOnly) return pressedDate(field, text);
  type(field, text);
  leave(field);
  await drawn();
  // What takes back what is typed, or does not hear it, is pressed as a person would.
  if (field.isConnected && (!sameMoment(field.value, text) || isDeaf(element))) await pressedDate(field, text, true);
}
