// Calendars of no known make: what opens when the field is pressed, and shows the days of a month.
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NUMERALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
const IN_WORDS = /(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})/iu;

// A date as numbers, whatever it is written as: year, month, day, and the time as far as it goes.
function momentOf(text) {
  const words = IN_WORDS.exec(text);
  if (words) return [Number(words[4]), MONTHS.indexOf(words[2].toLowerCase()) + 1, Number(words[1] ?? words[3] ?? 0), ...numbers(text.slice(words.index + words[0].length))];
  const said = numbers(text);
  const compact = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?$/u.exec(text.trim());
  if (compact) return compact.slice(1).filter(Boolean).map(Number);
  if (/^\d{12,13}$/u.test(text.trim())) {
    const day = new Date(Number(text));
    const utc = said[0] % 86_400_000 === 0;
    return utc ? [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()] : numbers(local(day));
  }
  return said;
}

const SAYS_DATE = ["aria-label", "title", "datetime", "data-date", "data-day", "data-value", "data-iso", "data-time", "data-timestamp", "abbr", "lay-ymd"];
const DAY = /^(\d{1,2})日?$/u;

// The year, month and day that an element says itself to be.
function dateOf(element) {
  for (const name of SAYS_DATE) {
    const said = element.getAttribute(name);
    const [year, month, day] = said ? momentOf(said) : [];
    if (year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31) return [year, month, day];
  }
  return null;
}

// The page and what lies in its frames: some calendars stand in one of their own.
function pagesOf(page) {
  const frames = [...page.querySelectorAll("iframe")].filter(inSight).map((frame) => frame.contentDocument).filter(Boolean);
  return [page, ...frames.flatMap(pagesOf)];
}

// What may be a day, innermost.
const daysIn = (page) =>
  pagesOf(page).flatMap((one) => [...(one.body?.querySelectorAll("td, a, span, div, button, li, i, em, b, p") ?? [])]).filter((one) => {
    const text = plain(one.textContent);
    return text.length < 4 && DAY.test(text) && inSight(one) && ![...one.children].some((inner) => plain(inner.textContent) === text);
  });

const numberOf = (day) => Number(DAY.exec(plain(day.textContent))[1]);
const SHORTEST = 28;

// The months among them: days that follow each other from 1.
function monthsIn(days) {
  const months = [];
  let run = [];
  const end = () => {
    if (run.length >= SHORTEST) months.push(run);
    run = [];
  };
  for (const day of days) {
    const number = numberOf(day);
    if (number !== run.length + 1 || (run.length > 0 && day.ownerDocument !== run[0].ownerDocument)) end();
    if (number === run.length + 1) run.push(day);
  }
  end();
  return months;
}

function holderOf(month) {
  let holder = month[0].parentElement;
  while (!holder.contains(month.at(-1))) holder = holder.parentElement;
  return holder;
}

const HEADER = 4; // elements between a month's days and what holds its header as well

// What stands around the days: their own texts are none of it.
function headerOf(place, month) {
  const texts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return void (plain(node.data) && texts.push(plain(node.data)));
    if (node.nodeType !== Node.ELEMENT_NODE || !inSight(node) || node.matches("script, style")) return;
    if (node.localName === "input") return void texts.push(plain(node.value));
    if (node.localName === "select") return void texts.push(plain(node.selectedOptions[0]?.text));
    if (node !== place && DAY.test(plain(node.textContent)) && numberOf(node) <= 31 && node.contains(month.find((day) => node.contains(day)) ?? null)) return;
    for (const inner of node.childNodes) walk(inner);
  };
  walk(place);
  return texts.join(" ");
}

function yearAndMonth(text) {
  const year = Number(/(?:19|20|21)\d\d/u.exec(text)?.[0] ?? 0);
  const rest = text.replace(/(?:19|20|21)\d\d/u, " # ");
  const numeral = /(十[一二]?|[一二三四五六七八九])月/u.exec(rest)?.[1];
  const word = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/iu.exec(rest)?.[1];
  const number = /(\d{1,2})\s*月/u.exec(rest) ?? /#\s*[年/.-]\s*(\d{1,2})(?!\d)/u.exec(rest) ?? /(?<!\d)(\d{1,2})\s*[/.-]\s*#/u.exec(rest);
  const month = number ? Number(number[1]) : (numeral ? NUMERALS.indexOf(numeral) + 1 : (word ? MONTHS.indexOf(word.toLowerCase()) + 1 : 0));
  return year && month >= 1 && month <= 12 ? [year, month] : null;
}

// The month that these days are of, and the place that says so.
function knownMonth(month) {
  const holder = holderOf(month);
  const said = month.map((day) => dateOf(day) ?? dateOf(day.parentElement)).filter(Boolean);
  if (said.length === month.length) return { month, of: said[0].slice(0, 2), place: up(holder, 2) };
  let place = holder;
  for (let height = 0; place && height <= HEADER; height += 1) {
    const of = yearAndMonth(headerOf(place, month));
    if (of) return { month, of, place };
    place = place.parentElement;
  }
  return null;
}

const up = (element, steps) => {
  for (let step = 0; step < steps && element.parentElement && !element.parentElement.matches("body"); step += 1) element = element.parentElement;
  return element;
};

const TURNS = "button, a, span, div, i, th, td, svg, img, em, b";
const LATER = /next|navimgr|right|forward|later|下|后|^[>›»→▶]+$/iu;
const EARLIER = /prev|navimgl|left|back|earlier|上|前|^[<‹«←◀]+$/iu;
const saysOf = (one) => [one.getAttribute("aria-label"), one.getAttribute("title"), one.id, one.getAttribute("class"), plain(one.textContent).length < 8 ? plain(one.textContent) : ""].map(plain);

// What turns a calendar on or back, known by how it is written: it may be drawn anew with every press.
function turnsOf({ place, month }, later) {
  const [wanted, other] = later ? [LATER, EARLIER] : [EARLIER, LATER];
  const fits = (one) => {
    const said = saysOf(one);
    return said.some((words) => wanted.test(words)) && !said.some((words) => other.test(words));
  };
  const all = [...place.querySelectorAll(TURNS)].filter((one) => inSight(one) && !one.contains(month[0]) && !month.some((day) => day.contains(one)) && fits(one) && !one.matches(BARRED));
  const outer = all.filter((one) => !all.some((inner) => inner !== one && one.contains(inner)) );
  const names = new Map();
  return outer.map((element) => {
    const name = saysOf(element).join("|");
    names.set(name, (names.get(name) ?? 0) + 1);
    return { element, name: `${name}#${names.get(name)}` };
  });
}

const count = ([year, month]) => year * 12 + month;
const TURNS_MOST = 400;
const TURNED_WITHIN = 1000; // milliseconds

// Turns the calendar to a month. What each button does is learned by pressing it.
async function turnTo(look, wanted) {
  const steps = new Map();
  for (let turned = 0; turned < TURNS_MOST; turned += 1) {
    const shown = look();
    if (!shown) refuse("the calendar does not say which month it shows");
    const far = count(wanted) - count(shown.of);
    if (far === 0) return shown;
    const turns = turnsOf(shown, far > 0).filter(({ name }) => !steps.has(name) || (Math.sign(steps.get(name)) === Math.sign(far) && Math.abs(steps.get(name)) <= Math.abs(far)));
    const known = turns.filter(({ name }) => steps.has(name)).sort((one, other) => Math.abs(steps.get(other.name)) - Math.abs(steps.get(one.name)));
    const next = turns.find(({ name }) => !steps.has(name) && (known.length === 0 || Math.abs(far) > 12)) ?? known[0];
    if (!next) refuse("the calendar can't be turned to that month");
    press(next.element);
    await turn();
    const last = Math.min(deadline, performance.now() + TURNED_WITHIN);
    const moved = () => look() && count(look().of) !== count(shown.of);
    while (!moved() && performance.now() < last) await pause(LOOK);
    steps.set(next.name, moved() ? count(look().of) - count(shown.of) : 0);
  }
  return refuse("the calendar can't be turned to that month");
}

const AGREES = /^(?:确\s*定|确\s*认|完\s*成|ok|done|apply)$/iu;
const TIME = /^\d{1,2}:\d\d(?::\d\d)?$/u;
const OPENS_WITHIN = 2000; // milliseconds

// Presses the day in the calendar that the field opens. Where it may be typed into as well, having no calendar is no fault.
async function pressedDate(field, text, mayHaveNone = false) {
  const page = field.ownerDocument;
  const wanted = momentOf(text);
  const before = new Set(daysIn(page));
  press(field);
  await turn();
  const found = () => {
    const days = daysIn(page);
    const opened = days.filter((day) => !before.has(day));
    const said = opened.filter((day) => dateOf(day) ?? dateOf(day.parentElement));
    return { months: monthsIn(opened).map(knownMonth).filter(Boolean), said };
  };
  const last = Math.min(deadline, performance.now() + OPENS_WITHIN);
  while (found().months.length === 0 && found().said.length === 0) {
    if (performance.now() > last) {
      if (mayHaveNone) return;
      refuse("nobody can type into it, and no calendar opens when it is pressed: it could only be made to show the date");
    }
    await pause(LOOK);
  }
  const isDay = (day) => ((dateOf(day) ?? dateOf(day.parentElement))?.every((number, at) => number === wanted[at]) ?? false) && numberOf(day) === wanted[2];
  const sure = () => found().said.filter(isDay);
  let day = sure()[0];
  if (!day) {
    const look = () => found().months.find(({ of }) => count(of) === count(wanted)) ?? found().months[0];
    const shown = await turnTo(look, wanted);
    day = sure()[0] ?? shown.month.find((one) => numberOf(one) === wanted[2]);
  }
  if (!day || day.closest(`${BARRED}, [class*=disabled]`)) refuse(`the calendar does not offer ${text}`);
  const places = [up(day, 5)];
  taken = wanted.length <= 3;
  press(day);
  await turn();
  await drawn();
  if (wanted.length > 3) await setTime(places, wanted);
  const agree = pagesOf(page).flatMap((one) => [...one.querySelectorAll("button, a, span, input[type=button]")]).find((one) => inSight(one) && AGREES.test(plain(one.textContent || one.value)) && places.some((place) => place.isConnected && up(place, 1).contains(one)));
  taken = true;
  if (agree) press(agree);
  await turn();
  await drawn();
  if (field.isConnected && found().months.length > 0) pressElsewhere(field);
  await turn();
  if (field.isConnected && !sameMoment(field.value, text)) refuse(`the date field makes "${field.value}" of ${text}`);
}

// The time beside the days, where a field for it stands there.
async function setTime(places, wanted) {
  const time = wanted.slice(3);
  while (time.length < 3) time.push(0);
  const fields = places.flatMap((place) => (place.isConnected ? [...place.querySelectorAll("input")] : [])).filter((one) => inSight(one) && !one.readOnly && TIME.test(one.value));
  for (const field of fields.slice(0, 1)) {
    type(field, time.map(two).slice(0, field.value.split(":").length).join(":"));
    leave(field);
    key(field, "Enter");
    await turn();
  }
}

// Whether what is beside a date, or its model, says another one.
function isDeaf(element) {
  const said = evidenceOf(element).carriers.filter(({ kind, tied, related, before, says }) => kind !== "far" && kind !== "field" && (tied || related || says.join("") === "" || says[0] !== before));
  const shown = (element.matches(TEXTS) ? element : writable(element)).value;
  return said.some(({ says }) => !says.some((one) => sameMoment(one, shown) || sameMoment(one.slice(0, 10), shown.slice(0, 10))));
}
