// The feed: server-sent events, and a watch on them, since a dead network closes nothing by itself.

const SILENCE_MILLISECONDS = 15000; // three missed pulses
const REOPEN_MILLISECONDS = 3000;

/** Follows the feed after `position`; calls `on.stats(overview)`, `on.heard()` at any sign of life, and `on.state('live' | 'broken')`. */
export function follow(position, on) {
  let after = position;
  let source;
  let heard = Date.now();

  const sign = () => {
    heard = Date.now();
    on.state('live');
  };
  const open = () => {
    source?.close();
    heard = Date.now();
    source = new EventSource(`/api/v1/feed?topic=cases,stats,pulse&after=${after}`);
    source.onopen = sign;
    source.onerror = () => {
      on.state('broken');
      // A refusal (503, 500) ends an EventSource for good; anything else it retries by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, REOPEN_MILLISECONDS);
    };
    source.addEventListener('pulse', (event) => {
      sign();
      on.pulse(JSON.parse(event.data));
    });
    source.addEventListener('case', (event) => {
      after = Number(event.lastEventId);
      sign();
    });
    source.addEventListener('stats', (event) => {
      after = Number(event.lastEventId);
      sign();
      on.stats(JSON.parse(event.data));
    });
  };
  open();
  setInterval(() => {
    if (Date.now() - heard > SILENCE_MILLISECONDS) {
      on.state('broken');
      open();
    }
  }, 1000);
}
