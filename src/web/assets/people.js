// What waits for people: the time that is left, counted by the bridge's clock, and what is new, fetched without disturbing whoever types.
const EVERY = 3000; // milliseconds between two looks: a question lives for minutes
const TITLE = document.title;
const waiting = document.getElementById('waiting');
let ahead = Date.parse(document.body.dataset.now) - Date.now();

function count() {
  for (const clock of document.querySelectorAll('[data-deadline]')) {
    const seconds = Math.ceil((Date.parse(clock.dataset.deadline) - Date.now() - ahead) / 1000);
    const late = seconds <= 0;
    clock.classList.toggle('late', late || seconds <= 30);
    clock.textContent = late ? document.body.dataset.over : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
  const open = waiting.querySelectorAll(':scope > li:not(.gone)').length;
  document.title = open ? `(${open}) ${TITLE}` : TITLE;
}

/** Whether somebody has begun to type there. */
const touched = (item) => item.contains(document.activeElement) || [...item.querySelectorAll('input:not([type=hidden])')].some((input) => input.value);

async function look() {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (fresh.body.dataset.door !== 'open') {
    location.reload(); // signed out meanwhile
    return;
  }
  ahead = Date.parse(fresh.body.dataset.now) - Date.now();
  const items = [...fresh.querySelectorAll('#waiting > li')];
  const ids = items.map((item) => item.dataset.id);
  for (const old of [...waiting.children]) {
    const gone = !ids.includes(old.dataset.id);
    if (gone && !touched(old)) old.remove();
    else old.classList.toggle('gone', gone);
  }
  const there = [...waiting.children].map((item) => item.dataset.id);
  for (const item of items) if (!there.includes(item.dataset.id)) waiting.append(document.adoptNode(item));
  document.getElementById('ended').replaceWith(document.adoptNode(fresh.getElementById('ended')));
  document.getElementById('count').textContent = String(items.length);
  document.getElementById('none').hidden = waiting.children.length > 0;
  document.body.dataset.looked = String(Number(document.body.dataset.looked ?? 0) + 1);
  count();
}

count();
setInterval(count, 500);
// A server that is away is asked again; the page stays as it is.
setInterval(() => look().catch(() => {}), EVERY);
