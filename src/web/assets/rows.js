// Lists whose rows have an identity: a row that moves slides, a row that changes lights up once, a list longer than its panel steps on.

import { word } from './words.js';

const STEP_MILLISECONDS = 4000; // slow enough to read a row from across a hall

/**
 * A list in `container` that shows between `fit[0]` and `fit[1]` rows at a time. `key(item)` names a row, `make()` and
 * `fill(row, item, index)` write it, `tells(item)` is what must differ for it to count as changed.
 */
export class Rows {
  constructor(container, { fit, key, fill, make, empty, tells }) {
    Object.assign(this, { container, fit, visible: fit[0], key, fill, make, empty, tells, rows: new Map(), order: [], offset: 0, primed: false });
    this.nothing = document.createElement('p');
    this.nothing.className = 'nothing';
    container.append(this.nothing);
    new ResizeObserver(() => this.place()).observe(container);
    setInterval(() => this.step(), STEP_MILLISECONDS);
  }

  /** Shows `items`, in this order. `read` says whether anything was ever read: only then is an empty list good news. */
  show(items, read = true) {
    this.visible = Math.min(this.fit[1], Math.max(this.fit[0], items.length));
    const known = this.rows;
    this.rows = new Map();
    this.order = [];
    let arrived = false;
    items.forEach((item, index) => {
      const key = this.key(item);
      if (this.rows.has(key)) return;
      const row = known.get(key) ?? this.add();
      const told = this.tells(item);
      const isNew = !known.has(key);
      this.fill(row, item, index);
      if (this.primed && row.dataset.told !== told) {
        light(row);
        arrived ||= isNew;
      }
      row.dataset.told = told;
      this.rows.set(key, row);
      this.order.push(row);
      known.delete(key);
    });
    for (const row of known.values()) row.remove();
    this.nothing.hidden = this.order.length > 0;
    this.nothing.textContent = read ? this.empty : word('no_rows');
    if (arrived || this.offset + this.visible > this.order.length) this.offset = 0;
    this.primed = true;
    this.place();
  }

  add() {
    const row = this.make();
    row.classList.add('row');
    this.container.append(row);
    return row;
  }

  place() {
    const height = this.container.clientHeight / this.visible;
    this.order.forEach((row, index) => {
      const at = index - this.offset;
      // Whole pixels: text that stands between two is blurred.
      row.style.height = `${Math.round((at + 1) * height) - Math.round(at * height)}px`;
      row.style.transform = `translateY(${Math.round(at * height)}px)`;
      row.classList.toggle('away', at < 0 || at >= this.visible);
    });
  }

  step() {
    if (this.order.length <= this.visible || document.hidden) return;
    this.offset = this.offset + this.visible >= this.order.length ? 0 : this.offset + 1;
    this.place();
  }
}

/** Lights an element up once. */
export function light(element) {
  element.classList.remove('changed');
  void element.offsetWidth; // restarts the animation
  element.classList.add('changed');
}

/** An element of `tag` with classes and children (elements or text). */
export function make(tag, classes = '', ...children) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children);
  return element;
}
