// The big figures. Each shows its value, the instant it is true for, the systems behind it, and whether it is stale.
import { axisHours } from './charts.js';
import { light, make } from './rows.js';
import { now, parts, when } from './time.js';
import { LANG, word } from './words.js';

const TODAY = ['received', 'accepted', 'done'];
const COUNT_MILLISECONDS = 700;
const RING = 2 * Math.PI * 40; // circumference of the rate's ring

const cards = new Map();

/** Draws one card per figure. `expired` says that a system behind them went stale since the hub answered. */
export function showFigures(container, overview, expired) {
  for (const figure of overview.figures) {
    const card = cards.get(figure.measure) ?? addCard(container, figure.measure);
    fill(card, figure, overview, expired);
  }
}

function addCard(container, measure) {
  const today = TODAY.includes(measure);
  const root = make('article', `figure ${today ? 'today' : 'stock'}`);
  root.id = `figure-${measure}`;
  root.dataset.measure = measure;
  const value = make('b', 'value', '—');
  const unit = make('u');
  const aside = make('span', 'aside');
  const foot = make('div', 'foot');
  const mark = make('span', 'mark');
  root.append(make('h3', '', icon(measure), word(today ? `today_${measure}` : measure)), make('div', 'number', value, unit), aside, foot, mark);
  const card = { root, value, unit, aside, foot, mark, shown: null, spark: null };
  if (today) card.spark = root.appendChild(picture('spark', '0 0 100 40', '<path class="area"/><path class="stroke"/>'));
  if (measure === 'on_time_rate') card.ring = root.appendChild(picture('ring', '0 0 100 100', '<circle cx="50" cy="50" r="40"/><circle class="part" cx="50" cy="50" r="40"/>'));
  container.append(root);
  cards.set(measure, card);
  return card;
}

function fill(card, figure, overview, expired) {
  const stale = figure.stale || expired;
  const { root } = card;
  root.dataset.value = figure.value ?? '';
  root.dataset.asOf = figure.as_of ?? '';
  root.dataset.stale = String(stale);
  root.dataset.of = figure.of;
  root.classList.toggle('stale', stale);
  root.classList.toggle('void', figure.value === null);
  card.unit.textContent = figure.value === null ? '' : word(figure.unit) ?? '';
  const never = figure.value === null && figure.as_of !== null && figure.unit === 'cases';
  card.mark.textContent = never ? word('never_counted') : stale ? word(figure.value === null ? 'no_value' : 'stale') : '';
  const behind = `${figure.coverage.fresh}/${figure.coverage.expected}`;
  card.foot.replaceChildren(make('span', 'as-of', `${word(stale ? 'last_good' : 'as_of_short')} ${when(figure.as_of)}`), make('span', 'behind', behind));
  const unknown = figure.unknown_day > 0 ? word('unknown_day', { n: written(figure.unknown_day, 'cases') }) : '';
  root.dataset.unknownDay = figure.unknown_day;
  root.title = [word(figure.measure), word('of', { of: figure.of }), word('gap_detail', { ours: figure.gap.ours, stated: figure.gap.stated ?? '—' }), unknown].filter(Boolean).join(' · ');
  const yesterday = overview.trend.at(-2);
  if (card.spark && yesterday) card.aside.textContent = `${word('yesterday')} ${written(yesterday[figure.measure], 'cases')}`;
  else if (figure.unit === 'ratio' && figure.value !== null) card.aside.textContent = word('of', { of: written(figure.of, 'cases') });
  if (unknown) card.aside.textContent = unknown;
  if (card.spark) drawSpark(card.spark, overview.hours, figure.measure);
  if (card.ring) card.ring.querySelector('.part').style.strokeDasharray = `${(figure.value ?? 0) * RING} ${RING}`;
  count(card, figure);
}

/** Lets the number run from what stands there to the new one. */
function count(card, figure) {
  const from = card.shown;
  card.shown = figure.value;
  if (figure.value === null || from === null || from === figure.value) {
    card.value.textContent = written(figure.value, figure.unit);
    return;
  }
  light(card.root);
  const start = performance.now();
  const frame = (instant) => {
    if (card.shown !== figure.value) return; // a newer figure took over
    const share = Math.min(1, (instant - start) / COUNT_MILLISECONDS);
    const eased = 1 - (1 - share) ** 3;
    const between = from + (figure.value - from) * eased;
    card.value.textContent = written(share === 1 ? figure.value : figure.unit === 'cases' ? Math.round(between) : between, figure.unit);
    if (share < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** A value as people read it: grouped cases, per cent with two digits, a dash for none. */
export function written(value, unit) {
  if (value === null || value === undefined) return '—';
  return unit === 'ratio' ? (value * 100).toFixed(2) : value.toLocaleString(LANG === 'en' ? 'en' : 'zh-CN');
}

/** The day's hours as a small area, up to the present hour. */
function drawSpark(svg, hours, measure) {
  const present = parts(now()).hour;
  const values = axisHours(hours).filter(({ hour }) => hour <= present).map((hour) => hour[measure]).filter((value) => value !== null);
  const highest = Math.max(1, ...values);
  const points = values.map((value, index) => [index * 100 / Math.max(1, values.length - 1), 38 - 34 * value / highest]);
  const curve = (x, y, [px, py]) => `C${(px + x) / 2} ${py} ${(px + x) / 2} ${y} ${x} ${y}`;
  const line = points.length < 2 ? '' : points.map(([x, y], index) => (index ? curve(x, y, points[index - 1]) : `M${x} ${y}`)).join('');
  svg.querySelector('.stroke').setAttribute('d', line);
  svg.querySelector('.area').setAttribute('d', line && `${line}V40H0Z`);
}

function icon(measure) {
  return measure === 'on_time_rate' ? '' : picture('icon', '0 0 24 24', `<use href="#i-${measure}"/>`);
}

function picture(classes, box, inside) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', classes);
  svg.setAttribute('viewBox', box);
  if (classes === 'spark') svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = inside;
  return svg;
}
