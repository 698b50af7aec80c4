// The district screen: takes the overview once, then follows the feed. Nothing reloads.
import { showHours, showTrend } from './charts.js';
import { showFigures, written } from './figures.js';
import { follow } from './link.js';
import { freshNow, panels } from './panels.js';
import { age, now, parts, setClock, when } from './time.js';
import { label, word } from './words.js';

const RETRY_MILLISECONDS = 3000;

const element = (id) => document.getElementById(id);
label(document);
const lists = panels();
let overview = null;
let heardAt = null; // hub time of the last sign of life
let expired = false;

function show(next) {
  overview = next;
  setClock(next.now);
  heardAt = now();
  document.body.dataset.position = next.position;
  document.title = word('heading', { district: word(`district_${next.district}`) ?? next.district });
  element('title').textContent = document.title;
  lists.show(next);
  showTrend(element('trend'), next.trend);
  showHours(element('hours'), next.hours);
  // The list is cut at its most urgent rows; the figures know them all, and count the overdue among the warnings.
  const value = (name) => next.figures.find(({ measure }) => measure === name)?.value ?? null;
  const [red, all] = [value('overdue_open'), value('warning')];
  element('reds').textContent = written(red, 'cases');
  element('yellows').textContent = written(all === null ? null : Math.max(0, all - red), 'cases');
  showEntries(next.entries);
  honesty();
}

/** How many cases were entered elsewhere today, and how many of all entries need somebody; nothing where none is made. */
function showEntries(entries) {
  const root = element('entries');
  root.hidden = Object.values(entries).every((count) => count === 0);
  const counts = [entries.entered_today, entries.in_doubt, entries.waiting + entries.refused];
  root.querySelectorAll('b').forEach((figure, index) => {
    figure.textContent = written(counts[index], 'cases');
    figure.classList.toggle('off', index > 0 && counts[index] > 0);
  });
}

/** What every figure rests on: instant, coverage, gap, and whether any of it went stale by now. */
function honesty() {
  const went = overview.systems.filter((system) => system.fresh && !freshNow(system)).length;
  expired = went > 0;
  const fresh = overview.coverage.fresh - went;
  showFigures(element('figures'), overview, expired);
  const stale = overview.stale || expired;
  document.body.dataset.stale = String(stale);
  fact('as-of', when(overview.as_of), stale, overview.as_of ?? '');
  fact('coverage', `${fresh}/${overview.coverage.expected}`, fresh < overview.coverage.expected, fresh);
  const { missing, ours, stated, quarantined } = overview.gap;
  fact('gap', stated === null ? '—' : word('gap_words', { missing: written(missing, 'cases') }), missing !== 0, missing);
  element('gap').title = word('gap_detail', { ours, stated: stated ?? '—' }) + (quarantined ? ` · ${word('quarantined')} ${quarantined}` : '');
  for (const mark of document.querySelectorAll('h2 > q')) {
    mark.textContent = `${word('as_of_short')} ${when(overview.as_of)}`;
    mark.classList.toggle('stale', stale);
  }
}

function fact(id, text, bad, value) {
  const root = element(id);
  root.lastElementChild.textContent = text;
  root.classList.toggle('bad', bad);
  root.dataset.value = value;
}

function link(state) {
  document.body.dataset.link = state;
  element('link').lastElementChild.textContent = word(state);
  element('lost').hidden = state !== 'broken';
}

function tick() {
  const present = parts(now());
  element('time').textContent = present.time;
  element('date').textContent = `${word('date', present)} ${word('weekdays').split(',')[present.weekday]}`;
  if (!overview) return;
  lists.tick();
  if (overview.systems.some((system) => system.fresh && !freshNow(system)) !== expired) honesty();
  if (document.body.dataset.link === 'broken') {
    const since = (now() - heardAt) / 1000;
    element('lost').textContent = `${word('lost')} · ${word('lost_since', { time: parts(heardAt).time, age: age(since) })}`;
  }
}

async function start() {
  try {
    const answer = await fetch('/api/v1/overview', { cache: 'no-store' });
    if (!answer.ok) throw new Error((await answer.json()).detail ?? answer.statusText);
    show(await answer.json());
    link('joining');
  } catch (trouble) {
    link('broken');
    element('lost').textContent = word('overview_failed', { detail: trouble.message });
    setTimeout(start, RETRY_MILLISECONDS);
    return;
  }
  follow(overview.position, {
    stats: show,
    state: link,
    refused: start,
    pulse({ now: instant }) {
      setClock(instant);
      heardAt = now();
    },
  });
}

link('joining');
tick();
setInterval(tick, 1000);
let resizing;
addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => overview && show(overview), 200);
});
start();
