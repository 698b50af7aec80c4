// The lists around the charts: ranks, newest cases, warnings, systems.
import { written } from './figures.js';
import { Rows, make } from './rows.js';
import { age, now, when } from './time.js';
import { word } from './words.js';

const element = (id) => document.getElementById(id);
const count = (value) => written(value, 'cases');

/** A ranked list with bars; `name(item)` is what the row is called. */
function ranked(id, fit, kind, withOpen) {
  let highest = 1;
  const rows = new Rows(element(id), {
    fit, key: (item) => item.code ?? item.name, tells: (item) => String(item.accepted), empty: word('no_rows'),
    make: () => make('div', '', make('b', 'rank'), make('span', 'name'), make('span', 'bar', make('i')), make('em', 'second'), make('strong')),
    fill: (row, item, index) => {
      const [rank, name, bar, second, figure] = row.children;
      row.dataset[kind] = item.code ?? item.name;
      row.dataset.accepted = item.accepted;
      rank.textContent = index + 1;
      row.classList.toggle('first', index < 3);
      name.textContent = item.name;
      bar.firstChild.style.transform = `scaleX(${item.accepted / highest})`;
      second.textContent = withOpen ? count(item.open) : '';
      figure.textContent = count(item.accepted);
    },
  });
  return (items) => {
    highest = Math.max(1, ...items.map(({ accepted }) => accepted));
    rows.show(items);
  };
}

function newestRow(row, item) {
  const [at, number, task, applicant, town, org, status] = row.children;
  row.dataset.projectNo = item.project_no;
  row.dataset.system = item.system;
  at.textContent = when(item.at);
  number.textContent = item.project_no;
  task.textContent = item.task_name ?? '—';
  applicant.textContent = item.applicant ?? '—';
  town.textContent = item.town ?? '—';
  org.textContent = item.org_name ?? '—';
  status.firstChild.className = `status ${item.status}`;
  status.firstChild.textContent = word(`status_${item.status}`) ?? item.status_title;
}

function warningRow(row, item) {
  const [lamp, what, due] = row.children;
  row.dataset.warningNo = item.project_no;
  row.dataset.level = item.level;
  lamp.className = `lamp ${item.level}`;
  what.children[0].textContent = item.task_name ?? item.project_no;
  what.children[1].textContent = [item.org_name, item.town].filter(Boolean).join(' · ');
  const days = item.remaining_days;
  const key = item.level === 'red' ? (days < 0 ? 'overdue_by' : 'overdue_today') : (days > 0 ? 'left' : 'left_today');
  due.children[0].textContent = word(key, { days: Math.abs(days) });
  due.children[1].textContent = item.promise_date ? `${word('promise')} ${item.promise_date.slice(5, 10)}` : '';
}

function systemRow(row, item) {
  const [head, life, counts] = row.children;
  row.dataset.system = item.system;
  row.dataset.ours = item.ours;
  row.dataset.stated = item.stated_total ?? '';
  row.dataset.quarantined = item.quarantined;
  head.children[1].textContent = item.title || item.system;
  head.children[2].textContent = [item.owner, item.zone].filter(Boolean).join(' · ');
  life.children[1].className = `outcome ${item.outcome ?? 'unread'}`;
  life.children[1].textContent = word(item.outcome ?? 'unread');
  counts.children[0].lastChild.textContent = count(item.ours);
  counts.children[1].lastChild.textContent = count(item.stated_total);
  counts.children[2].lastChild.textContent = count(item.quarantined);
  counts.children[1].classList.toggle('off', item.stated_total !== null && item.stated_total !== item.ours);
  counts.children[2].classList.toggle('off', item.quarantined > 0);
  counts.children[3].classList.add('off');
  // Only where some have: cases known as open that the system's list no longer shows.
  const gone = counts.children[3];
  row.dataset.leftOpen = item.left_open ?? 0;
  gone.style.display = item.left_open ? '' : 'none';
  gone.lastChild.textContent = count(item.left_open);
  gone.title = (item.left ?? []).join(' ');
  row.title = item.reason ?? '';
  row.item = item;
  tickSystem(row);
}

/** Whether a system's last good reading is young enough at this moment. */
export function freshNow(system) {
  return system.fresh && system.read_at !== null && now() - Date.parse(system.read_at) <= system.fresh_for_seconds * 1000;
}

function tickSystem(row) {
  const { item } = row;
  const fresh = freshNow(item);
  const seconds = item.read_at === null ? null : (now() - Date.parse(item.read_at)) / 1000;
  const [head, life] = row.children;
  row.dataset.fresh = String(fresh);
  row.classList.toggle('stale', !fresh);
  head.children[0].className = `lamp ${fresh ? 'green' : item.outcome === 'good' ? 'yellow' : 'red'}`;
  life.children[0].textContent = seconds === null ? word('never') : word('ago', { age: age(seconds) });
  const left = seconds === null ? 0 : Math.max(0, 1 - seconds / item.fresh_for_seconds);
  life.children[2].firstChild.style.transform = `scaleX(${left})`;
  life.children[3].textContent = fresh ? '' : item.reason ?? word('not_fresh');
}

const figure = (key) => make('span', '', make('i', '', word(key)), make('b'));

/** Makes every list; the result shows an overview's part in each, and `tick()` lets the ages grow. */
export function panels() {
  const towns = ranked('towns', [8, 11], 'town', true);
  const departments = ranked('departments', [7, 12], 'department', false);
  const items = ranked('items', [5, 10], 'item', false);
  const newest = new Rows(element('newest'), {
    fit: [5, 5], key: (item) => `${item.system} ${item.project_no}`, tells: (item) => `${item.status} ${item.at}`, empty: word('no_rows'), fill: newestRow,
    make: () => make('div', '', make('span', 'at'), make('span', 'no'), make('span'), make('span'), make('span'), make('span'), make('span', '', make('i'))),
  });
  const warnings = new Rows(element('warnings'), {
    fit: [8, 8], key: (item) => `${item.system} ${item.project_no}`, tells: (item) => item.level, empty: word('no_warnings'), fill: warningRow,
    make: () => make('div', '', make('i'), make('p', '', make('b'), make('small')), make('p', 'due', make('b'), make('small'))),
  });
  const systems = new Rows(element('systems'), {
    fit: [2, 3], key: (item) => item.system, tells: (item) => `${item.read_at} ${item.ours} ${item.left_open}`, empty: word('no_rows'), fill: systemRow,
    make: () => make('div', '', make('p', 'who', make('i'), make('b'), make('small')),
      make('p', 'life', make('b'), make('em'), make('span', 'left', make('i')), make('small')),
      make('p', 'counts', figure('ours'), figure('stated'), figure('quarantined'), figure('left_open'))),
  });
  return {
    show(overview) {
      towns(overview.towns);
      departments(overview.departments);
      items(overview.items);
      newest.show(overview.newest);
      warnings.show(overview.warnings, overview.as_of !== null);
      systems.show(overview.systems);
    },
    tick() {
      for (const row of systems.order) tickSystem(row);
    },
  };
}
