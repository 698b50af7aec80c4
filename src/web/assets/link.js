// The feed: server-sent events, and a watch on them, since a dead network closes nothing by itself.

const SILENCE_MILLISECONDS = 15000; // three missed pulses
const REOPEN_MILLISECONDS = 3000;

/**
 * Follows the feed after `position`. Calls `on.stats(overview)`, `on.pulse({ now })`, `on.state('live' | 'broken')`, and once, as
 * its last word, `on.refused()`: then start anew from an overview.
 */
export function follow(position, on) {
  let after = position;
  let heard;
  let source;

  const sign = () => {
    heard = Date.now();
    on.state('live');
  };
  const note = (event) => {
    // An overview sent again on resume comes without an id.
    after = Number(event.lastEventId) || after;
    sign();
  };
  const open = () => {
    heard = Date.now();
    source = new EventSource(`/api/v1/feed?topic=cases,stats,pulse&after=${after}`);
    source.onopen = sign;
    source.onerror = () => {
      on.state('broken');
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      clearInterval(watch);
      setTimeout(on.refused, REOPEN_MILLISECONDS);
    };
    source.addEventListener('case', note);
    source.addEventListener('pulse', (event) => {
      sign();
      on.pulse(JSON.parse(event.data));
    });
    source.addEventListener('stats', (event) => {
      note(event);
      on.stats(JSON.parse(event.data));
    });
  };
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE_MILLISECONDS) return;
    on.state('broken');
    source.close();
    open();
  }, 1000);
  open();
}
