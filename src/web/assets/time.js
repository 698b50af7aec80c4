// The hub's clock, carried on between two answers, and how instants and ages are written. Instants are shown in the hub's own zone.
import { word } from './words.js';

let ahead = 0; // milliseconds that the hub's clock is ahead of this machine's
let zone = 8 * 3600e3; // milliseconds east of UTC of the hub's wall clocks

/** Sets the clock by an RFC 3339 instant that the hub just stated. */
export function setClock(instant) {
  ahead = Date.parse(instant) - Date.now();
  const offset = /([+-])(\d\d):(\d\d)$/.exec(instant);
  if (offset) zone = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60e3;
}

/** The hub's present, in milliseconds since the epoch. */
export const now = () => Date.now() + ahead;

/** An instant's parts on the hub's wall clock, two digits each. */
export function parts(milliseconds) {
  const date = new Date(milliseconds + zone);
  const two = (number) => String(number).padStart(2, '0');
  return {
    y: date.getUTCFullYear(), m: two(date.getUTCMonth() + 1), d: two(date.getUTCDate()), weekday: date.getUTCDay(), hour: date.getUTCHours(),
    day: `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
    time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  };
}

/** `14:02:13`, with the date before it when that is not today; a dash for none. */
export function when(instant) {
  if (!instant) return '—';
  const then = parts(Date.parse(instant));
  return then.day === parts(now()).day ? then.time : `${then.m}-${then.d} ${then.time.slice(0, 5)}`;
}

/** An age in words: seconds, minutes, hours or days, two units at most. */
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return word('seconds', { n: whole });
  if (whole < 3600) return word('minutes', { n: Math.floor(whole / 60), s: whole % 60 });
  if (whole < 86400) return word('hours_age', { n: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
  return word('days_age', { n: Math.floor(whole / 86400), h: Math.floor((whole % 86400) / 3600) });
}
