// The two charts: 30 days as lines, today's hours as bars. ECharts draws them; sizes follow the page's root size.
import { now, parts } from './time.js';
import { word } from './words.js';

const COLOURS = { received: '#41d9ff', accepted: '#4f8dff', done: '#37e2b0' };
const FAINT = 'rgba(120,170,230,.14)';
const LABEL = '#8db0da';
const OFFICE = [7, 19]; // hours always on the axis; it grows when something happened outside them

const charts = new Map();

/** One hundredth of the design's width unit, in pixels: what `0.01rem` is. */
const px = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 100;

function chart(element) {
  if (!charts.has(element.id)) {
    const made = window.echarts.init(element, null, { renderer: 'canvas' });
    charts.set(element.id, made);
    new ResizeObserver(() => made.resize()).observe(element);
  }
  return charts.get(element.id);
}

const fade = (colour, from, to) => ({
  type: 'linear', x: 0, y: 0, x2: 0, y2: 1,
  colorStops: [{ offset: 0, color: tint(colour, from) }, { offset: 1, color: tint(colour, to) }],
});

function tint(hex, alpha) {
  const number = parseInt(hex.slice(1), 16);
  return `rgba(${number >> 16},${(number >> 8) & 255},${number & 255},${alpha})`;
}

function frame(unit) {
  return {
    animationDuration: 600, animationDurationUpdate: 500,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 44 * unit, right: 18 * unit, top: 18 * unit, bottom: 28 * unit },
    tooltip: {
      trigger: 'axis', renderMode: 'richText', backgroundColor: 'rgba(6,22,54,.94)', borderColor: 'rgba(90,170,255,.4)',
      textStyle: { color: '#e8f3ff', fontSize: 14 * unit }, axisPointer: { lineStyle: { color: 'rgba(127,233,255,.35)' } },
    },
    yAxis: {
      type: 'value', minInterval: 1, splitNumber: 4, max: ({ max }) => Math.max(4, Math.ceil(max * 1.12)), axisTick: { show: false }, axisLabel: { color: LABEL, fontSize: 14 * unit, fontFamily: 'Figures', showMaxLabel: false },
      splitLine: { lineStyle: { color: FAINT, type: [4, 5] } },
    },
  };
}

const xAxis = (unit, data, label, gap) => ({
  type: 'category', data, boundaryGap: gap, axisTick: { show: false }, axisLine: { lineStyle: { color: 'rgba(120,170,230,.35)' } },
  axisLabel: { color: LABEL, fontSize: 14 * unit, fontFamily: 'Figures', hideOverlap: true, ...label },
});

/** Received, accepted and done per day; weekends shaded, today marked. */
export function showTrend(element, trend) {
  const unit = px();
  const days = trend.map(({ day }) => day.slice(5));
  const line = (name, z) => ({
    name: word(name), type: 'line', smooth: .35, smoothMonotone: 'x', z, symbol: 'circle', symbolSize: 5 * unit,
    showSymbol: false, data: trend.map((day) => day[name]),
    lineStyle: { width: (name === 'received' ? 2.6 : 2) * unit, color: COLOURS[name], shadowColor: tint(COLOURS[name], .45), shadowBlur: 8 * unit },
    itemStyle: { color: COLOURS[name] },
    areaStyle: name === 'accepted' ? undefined : { color: fade(COLOURS[name], name === 'received' ? .3 : .16, 0) },
  });
  const received = line('received', 2);
  const weekend = trend.map(({ day }, index) => [new Date(`${day}T00:00:00Z`).getUTCDay() % 6 === 0, index]).filter(([rest]) => rest);
  received.markArea = {
    silent: true, itemStyle: { color: 'rgba(90,150,230,.06)' },
    data: weekend.map(([, index]) => [{ xAxis: Math.max(0, index - .5) }, { xAxis: Math.min(trend.length - 1, index + .5) }]),
  };
  if (trend.length) {
    const last = trend.length - 1;
    received.markLine = {
      silent: true, symbol: 'none', lineStyle: { color: 'rgba(255,212,121,.55)', type: 'dashed', width: unit },
      label: { formatter: word('today'), color: '#ffd479', fontSize: 13 * unit, position: 'insideEndTop', distance: [4 * unit, -14 * unit], rotate: 0 },
      data: [{ xAxis: last }],
    };
    received.markPoint = {
      silent: true, symbol: 'circle', symbolSize: 9 * unit, label: { show: false },
      itemStyle: { color: '#06142e', borderColor: COLOURS.received, borderWidth: 2.4 * unit }, data: [{ coord: [last, trend[last].received] }],
    };
  }
  element.dataset.points = trend.length;
  chart(element).setOption({ ...frame(unit), xAxis: xAxis(unit, days, { interval: 2, showMaxLabel: true }, false), series: [received, line('accepted', 3), line('done', 4)] });
}

/** Office hours, and everything from the first to the last hour in which something happened. */
export function axisHours(hours) {
  const busy = hours.filter((hour) => hour.received || hour.accepted || hour.done).map(({ hour }) => hour);
  const [first, last] = [Math.min(OFFICE[0], ...busy), Math.max(OFFICE[1], ...busy)];
  return hours.filter(({ hour }) => hour >= first && hour <= last);
}

/** Received and done per hour of today; the present hour shines. */
export function showHours(element, hours) {
  const unit = px();
  const shown = axisHours(hours);
  const present = parts(now()).hour;
  const bar = (name) => ({
    name: word(name), type: 'bar', barWidth: '30%', barGap: '25%',
    data: shown.map((hour) => ({
      value: hour[name],
      itemStyle: {
        borderRadius: [3 * unit, 3 * unit, 0, 0],
        color: fade(COLOURS[name], hour.hour === present ? 1 : .82, hour.hour === present ? .3 : .12),
        shadowColor: hour.hour === present ? tint(COLOURS[name], .6) : 'transparent', shadowBlur: 10 * unit,
      },
    })),
  });
  element.dataset.points = shown.length;
  const label = { interval: shown.length > 14 ? 2 : 1, formatter: (hour) => `${hour}:00` };
  chart(element).setOption({ ...frame(unit), xAxis: xAxis(unit, shown.map(({ hour }) => String(hour)), label, true), series: [bar('received'), bar('done')] });
}
