/* The calendar of the practice social insurance system, for fields that cannot be typed into. */
(function () {
  'use strict';

  var box = null, field = null, shown = null;

  function two(number) { return (number < 10 ? '0' : '') + number; }

  function make(name, className, text) {
    var made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.appendChild(document.createTextNode(text));
    return made;
  }

  function turn(months) { shown = new Date(shown.getFullYear(), shown.getMonth() + months, 1); draw(); }

  function arrow(className, text, months) {
    var link = make('a', className, text);
    link.href = 'javascript:void(0)';
    link.onclick = function () { turn(months); return false; };
    return link;
  }

  function list(className, from, to, now, word, pick) {
    var select = make('select', className);
    for (var number = from; number <= to; number++) {
      var option = make('option', '', word(number));
      option.value = number;
      option.selected = number === now;
      select.appendChild(option);
    }
    select.onchange = function () { pick(Number(select.value)); draw(); };
    return select;
  }

  function day(number) {
    var cell = make('td', '');
    cell.setAttribute('data-handler', 'selectDay');
    cell.setAttribute('data-month', shown.getMonth());
    cell.setAttribute('data-year', shown.getFullYear());
    var link = make('a', 'ui-state-default', number);
    link.href = '#';
    link.setAttribute('data-date', number);
    cell.onclick = function () {
      field.value = shown.getFullYear() + '-' + two(shown.getMonth() + 1) + '-' + two(number);
      field.dispatchEvent(new Event('change', { bubbles: true }));
      hide();
      return false;
    };
    cell.appendChild(link);
    return cell;
  }

  function draw() {
    box.innerHTML = '';
    var year = shown.getFullYear(), month = shown.getMonth();
    var head = make('div', 'ui-datepicker-header'), title = make('div', 'ui-datepicker-title');
    title.appendChild(list('ui-datepicker-year', year - 20, year + 5, year, String, function (to) { shown.setFullYear(to); }));
    title.appendChild(list('ui-datepicker-month', 0, 11, month, function (number) { return number + 1 + '月'; }, function (to) { shown.setMonth(to); }));
    head.appendChild(arrow('ui-datepicker-prev', '<', -1));
    head.appendChild(arrow('ui-datepicker-next', '>', 1));
    head.appendChild(title);
    box.appendChild(head);
    var table = make('table', 'ui-datepicker-calendar'), body = make('tbody', ''), row = make('tr', '');
    for (var before = new Date(year, month, 1).getDay(); before > 0; before--) row.appendChild(make('td', 'ui-state-disabled'));
    for (var number = 1; number <= new Date(year, month + 1, 0).getDate(); number++) {
      if (row.children.length === 7) { body.appendChild(row); row = make('tr', ''); }
      row.appendChild(day(number));
    }
    body.appendChild(row);
    table.appendChild(body);
    box.appendChild(table);
  }

  function hide() { if (box) box.style.display = 'none'; }

  function show(input) {
    field = input;
    if (!box) {
      box = make('div', 'ui-datepicker');
      box.id = 'ui-datepicker-div';
      document.body.appendChild(box);
    }
    var parts = input.value.split('-');
    var now = new Date();
    shown = parts.length === 3 ? new Date(parts[0], parts[1] - 1, 1) : new Date(now.getFullYear(), now.getMonth(), 1);
    var place = input.getBoundingClientRect();
    box.style.left = place.left + window.pageXOffset + 'px';
    box.style.top = place.bottom + window.pageYOffset + 'px';
    box.style.display = 'block';
    draw();
  }

  var inputs = document.querySelectorAll('input.hasDatepicker');
  for (var index = 0; index < inputs.length; index++) {
    inputs[index].addEventListener('focus', function () { show(this); });
    inputs[index].addEventListener('click', function () { show(this); });
  }
  document.addEventListener('mousedown', function (event) {
    if (box && event.target !== field && !box.contains(event.target)) hide();
  });
})();
