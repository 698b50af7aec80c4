// Where a case stands: one number in, the case in all its systems out. The address carries the number, so that it can be passed on.
import { make } from './rows.js';
import { parts } from './time.js';
import { LANG, label, word } from './words.js';

const element = (id) => document.getElementById(id);
const [form, input, answer] = ['ask', 'no', 'answer'].map(element);
const TITLE = document.title;
let asked = 0; // questions so far: an answer that comes after the next question is dropped

// How an entry's state is shown: the colour, and the sign of what needs somebody.
const TONES = {
  wanted: 'running', looked_up: 'running', intended: 'running', submitting: 'running', submitted: 'good', verified: 'good',
  refused: 'bad', conflict: 'doubt', waiting: 'doubt', cancelled: 'away', unknown: 'doubt',
};
const QUIET = ['wanted', 'looked_up', 'intended', 'submitting'];
const SIGNS = { doubt: '!', bad: '!', running: '…', away: '×' };

/** An instant as clocks here show it; without the time of day where it has none. */
function written(instant) {
  if (!instant) return '—';
  const { day, time } = parts(Date.parse(instant));
  return time === '00:00:00' ? day : `${day} ${time.slice(0, 5)}`;
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  return make('dl', 'facts', ...known.map(([key, value]) => make('div', '', make('dt', '', word(key)), make('dd', 'value', value))));
}

function headline(found, title) {
  const [origin] = found.cases;
  const head = make('section', '', make('h2', '', origin?.task_name ?? word('desk_case')));
  head.append(facts([
    ['column_project_no', found.project_no], ['column_applicant', origin?.applicant_name],
    ['desk_applied', origin?.apply_date && written(origin.apply_date)], ['desk_promised', origin?.promise_date && written(origin.promise_date)],
  ]));
  const stands = make('ol', 'stands');
  stands.setAttribute('aria-label', word('desk_stands'));
  for (const one of found.cases) stands.append(standing(one, found, title));
  for (const entry of found.entries) {
    const there = found.cases.some((one) => one.system === entry.system && one.source_no === entry.receipt);
    if (entry.does === 'enter' && !there) stands.append(pending(entry, title));
  }
  // An arrow only where a record comes from the one before it; others stand beside it.
  const comes = [...found.links, ...found.entries.filter(({ does }) => does === 'enter')];
  [...stands.children].forEach((item, index, all) => {
    const from = comes.find(({ system }) => system === item.dataset.system)?.origin_system;
    item.classList.toggle('next', index > 0 && from === all[index - 1].dataset.system);
  });
  head.append(stands);
  return head;
}

function standing(one, found, title) {
  const { owner, as_of: asOf, fresh } = found.systems.find(({ system }) => system === one.system) ?? {};
  const result = one.result && (word(`desk_result_${one.result}`) ?? one.result);
  const item = make('li', one.status, make('b', '', title(one.system)), make('small', '', owner ?? ''));
  item.dataset.system = one.system;
  item.dataset.status = one.status;
  item.append(
    make('strong', '', [word(`desk_status_${one.status}`), result].filter(Boolean).join(' · ')),
    make('p', '', `${word('desk_number')} `, make('span', 'no', one.source_no)),
    make('p', fresh ? '' : 'stale', asOf ? word(fresh ? 'desk_as_of' : 'desk_stale', { time: written(asOf) }) : word('never')),
  );
  return item;
}

/** A system that the case goes to and that does not show it yet. */
function pending(entry, title) {
  const item = make('li', TONES[entry.state], make('b', '', title(entry.system)), make('strong', '', word(`desk_entry_${entry.state}`)));
  item.dataset.system = entry.system;
  item.dataset.entry = entry.state;
  item.append(make('p', '', entry.receipt ? `${word('desk_number')} ${entry.receipt}` : word(entry.state === 'unknown' ? 'desk_maybe_there' : 'desk_not_there')));
  return item;
}

/** What is in doubt, was refused, waits for somebody or is still on its way; nothing for what is well. */
function alerts(found, title) {
  const open = found.entries.filter(({ state }) => !['submitted', 'verified'].includes(state));
  return open.map((entry) => {
    const tone = TONES[entry.state];
    const names = { to: title(entry.system), from: title(entry.origin_system) };
    const heading = make('h3', '', `${word(`desk_does_${entry.does}`, names)} · ${word(`desk_entry_${entry.state}`)}`);
    const body = make('div', '', heading, make('p', '', word(`desk_means_${entry.state}`, names)));
    const whose = word(['refused', 'conflict'].includes(entry.state) ? 'desk_words' : 'desk_why');
    const field = entry.field && make('span', '', `${word('desk_field')}${word('desk_colon')}`);
    if (field) body.append(make('blockquote', '', field, entry.field));
    if (entry.words) body.append(make('blockquote', '', make('span', '', `${whose}${word('desk_colon')}`), entry.words));
    body.append(make('p', 'hint', word('desk_since', { time: written(entry.at) })));
    const sign = make('i', '', SIGNS[tone]);
    sign.setAttribute('aria-hidden', 'true');
    const alert = make('section', `alert ${tone}`, sign, body);
    alert.dataset.entry = entry.state;
    return alert;
  });
}

/** Records of the case whose newest reading is in quarantine: what is shown of them was read before. */
function doubts(found, title) {
  return (found.quarantined ?? []).map((mark) => {
    const body = make('div', '', make('h3', '', word('desk_quarantined', { from: title(mark.system) })), make('p', '', word('desk_quarantined_means')));
    body.append(make('blockquote', '', make('span', '', `${mark.field}${word('desk_colon')}`), mark.reason));
    body.append(make('p', 'hint', word('desk_since', { time: written(mark.since) })));
    const alert = make('section', 'alert doubt', make('i', '', '!'), body);
    alert.dataset.quarantined = mark.system;
    return alert;
  });
}

function step(row, title) {
  const names = { to: title(row.system), from: row.origin_system && title(row.origin_system) };
  const own = { applied: 'desk_applied', accepted: 'desk_accepted', linked: 'desk_linked' }[row.what];
  let name = own ? word(own) : row.title;
  if (row.what === 'entry') name = `${word(`desk_does_${row.does}`, names)}${word('desk_colon')}${word(`desk_entry_${row.state}`)}`;
  if (row.what === 'ended' && LANG === 'en') name = word('desk_ended');
  const line = make('div', '', make('b', '', name));
  if (row.what !== 'entry') line.append(make('small', '', title(row.system)));
  if (row.actor) line.append(make('small', '', row.actor));
  if (row.words) line.append(make('p', '', row.words));
  const time = make('time', '', written(row.at));
  time.dateTime = row.at;
  const item = make('li', row.state ? TONES[row.state] : row.what === 'ended' ? 'good' : '', time, line);
  item.classList.toggle('quiet', QUIET.includes(row.state));
  item.dataset.what = row.what;
  item.dataset.system = row.system;
  return item;
}

function happened(found, title) {
  const list = make('ol', 'timeline', ...found.events.map((row) => step(row, title)));
  list.lastElementChild?.classList.add('now');
  return make('section', '', make('h3', '', word('desk_timeline')), list);
}

/** Other cases that carry the number: each is found alone by its number across systems. */
function namesakes(found, title) {
  if (!found.others?.length) return [];
  const items = found.others.map((other) => make('li', '', link(other.project_no, other.project_no), ` ${title(other.system)} ${other.task_name ?? ''}`));
  const alert = make('section', 'alert doubt', make('i', '', '!'), make('div', '', make('h3', '', word('desk_others')), make('ul', 'tips', ...items)));
  return [alert];
}

function link(number, text) {
  const anchor = make('a', '', text);
  anchor.href = address(number);
  return anchor;
}

/** The address of this page with that number, in the language that was asked for by address. */
function address(number, lang = new URLSearchParams(location.search).get('lang')) {
  const query = new URLSearchParams();
  if (number) query.set('no', number);
  if (lang) query.set('lang', lang);
  return `/desk${query.size ? `?${query}` : ''}`;
}

function show(found, number) {
  const titles = new Map(found.systems.map(({ system, title }) => [system, title]));
  const title = (system) => titles.get(system) ?? system;
  const share = make('p', 'share', `${word('desk_share')} `, link(number, new URL(address(number), location).href));
  answer.replaceChildren(...namesakes(found, title), headline(found, title), ...doubts(found, title), ...alerts(found, title), happened(found, title), share);
}

function trouble(heading, text, tips = []) {
  const body = make('div', '', make('h3', '', heading), make('p', '', text));
  if (tips.length) body.append(make('ul', 'tips', ...tips.map((tip) => make('li', '', tip))));
  answer.replaceChildren(make('section', 'alert doubt', make('i', '', '?'), body));
}

async function ask(number) {
  const turn = ++asked;
  input.value = number;
  element('tongue').href = address(number, LANG === 'en' ? 'zh' : 'en');
  document.title = number ? `${number} · ${TITLE}` : TITLE;
  document.body.dataset.state = number ? 'asking' : 'idle';
  if (!number) {
    answer.replaceChildren();
    input.focus();
    return;
  }
  let state = 'failed';
  try {
    const reply = await fetch(`/api/v1/cases/${encodeURIComponent(number)}?lang=${LANG}`, { cache: 'no-store' });
    const said = await reply.json();
    if (turn !== asked) return;
    if (reply.ok) show(said, number);
    else if (reply.status === 404) trouble(word('desk_unknown', { no: number }), word('desk_try'), [1, 2, 3, 4].map((n) => word(`desk_tip_${n}`)));
    else trouble(word('desk_failed'), said.detail ?? '');
    state = reply.ok ? 'found' : reply.status === 404 ? 'unknown' : 'failed';
  } catch {
    if (turn !== asked) return;
    trouble(word('desk_failed'), word('desk_failed_try'));
  }
  document.body.dataset.state = state;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const number = input.value.trim();
  history.pushState(null, '', address(number));
  ask(number).then(() => input.select());
});
const fromAddress = () => ask(new URLSearchParams(location.search).get('no')?.trim() ?? '');
addEventListener('popstate', fromAddress);
label(document);
element('tongue').textContent = LANG === 'en' ? '中文' : 'English';
element('tongue').lang = LANG === 'en' ? 'zh-CN' : 'en';
fromAddress();
