/* Boxes, windows and messages in the manner of the widget libraries of the 2010s: what is seen stands in one input, what is
   sent in another, and what can be chosen in a panel at the end of the page. */
(function ($) {
  'use strict';

  var depth = 9000;

  function place($panel, $span) {
    var at = $span.offset();
    $panel.css({ display: 'block', left: at.left, top: at.top + $span.outerHeight(), width: Math.max(220, $span.outerWidth()), zIndex: ++depth });
  }

  /* What all boxes share. */
  function Box($input, kind, readonly) {
    var box = this;
    box.kind = kind;
    box.$span = $('<span class="textbox">').addClass(kind === 'textbox' ? '' : kind);
    box.$text = $('<input type="text" class="textbox-text validatebox-text" autocomplete="off">').prop('readonly', readonly);
    box.$value = $('<input type="hidden" class="textbox-value">').attr('name', $input.attr('textboxname'));
    if ($input.attr('maxlength')) box.$text.attr('maxlength', $input.attr('maxlength'));
    if (readonly) box.$text.addClass('validatebox-readonly');
    box.$span.append(box.$text, box.$value).insertAfter($input);
    $input.addClass(kind + '-f textbox-f').hide().data('widget', box);
  }

  Box.prototype.set = function (value, text) {
    this.$value.val(value);
    this.$text.val(text === undefined ? value : text);
  };
  Box.prototype.clear = function () { this.set('', ''); };
  Box.prototype.load = function () {};

  function typed(box, clean) {
    box.$text.on('blur change', function () {
      var value = clean(box.$text.val());
      box.set(value, value);
    });
  }

  /* A box with a panel; `draw` fills the panel each time it opens. */
  function combo(box, draw) {
    box.$span.addClass('combo');
    box.$arrow = $('<a href="javascript:;" class="textbox-icon combo-arrow" tabindex="-1"></a>');
    $('<span class="textbox-addon textbox-addon-right">').append(box.$arrow).prependTo(box.$span);
    box.$panel = $('<div class="panel combo-p"><div class="combo-panel panel-body"></div></div>').hide().appendTo('body');
    box.hide = function () { box.$panel.hide(); };
    box.show = function () { $('.combo-p').hide(); draw(box.$panel.children()); place(box.$panel, box.$span); };
    box.$span.on('mousedown', function (event) {
      if (box.$panel.is(':visible')) box.hide(); else box.show();
      if (event.target !== box.$text[0]) event.preventDefault();
    });
  }

  function combobox(box) {
    box.data = [];
    box.load = function (data) { box.data = data; if (box.$panel.is(':visible')) box.show(); };
    combo(box, function ($body) {
      $body.empty();
      $.each(box.data, function (index, one) {
        $('<div class="combobox-item">').text(one.text).toggleClass('combobox-item-selected', one.id === box.$value.val()).appendTo($body)
          .on('click', function () {
            var changed = box.$value.val() !== one.id;
            box.set(one.id, one.text);
            box.hide();
            if (changed && box.chosen) box.chosen(one.id);
          });
      });
    });
  }

  function branch(nodes, level, choose) {
    var $list = $('<ul>');
    $.each(nodes, function (index, node) {
      var $node = $('<div class="tree-node">');
      for (var step = 0; step < level; step++) $node.append('<span class="tree-indent"></span>');
      var $item = $('<li>').append($node).appendTo($list);
      if (node.children) {
        var $below = branch(node.children, level + 1, choose).hide().appendTo($item);
        var $hit = $('<span class="tree-hit tree-collapsed"></span>').appendTo($node);
        $node.append('<span class="tree-icon tree-folder tree-folder-open"></span>').on('click', function () {
          $below.toggle();
          $hit.toggleClass('tree-collapsed tree-expanded');
        });
      } else {
        $node.append('<span class="tree-indent"></span><span class="tree-icon tree-file"></span>').on('click', function () { choose(node); });
      }
      $node.append($('<span class="tree-title">').text(node.text));
    });
    return $list;
  }

  function combotree(box) {
    box.load = function (data) {
      var $tree = branch(data, 0, function (node) { box.set(node.id, node.text); box.hide(); }).addClass('tree');
      box.$panel.children().empty().append($tree);
    };
    combo(box, function () {});
  }

  function two(number) { return (number < 10 ? '0' : '') + number; }

  function calendar($body, shown, choose) {
    var year = shown.getFullYear(), month = shown.getMonth();
    function turn(months) { calendar($body, new Date(year, month + months, 1), choose); }
    var $head = $('<div class="calendar-header">').append(
      $('<div class="calendar-nav calendar-prevyear">').on('click', function () { turn(-12); }),
      $('<div class="calendar-nav calendar-prevmonth">').on('click', function () { turn(-1); }),
      $('<div class="calendar-title">').append($('<span class="calendar-text">').text(year + '年' + (month + 1) + '月')),
      $('<div class="calendar-nav calendar-nextmonth">').on('click', function () { turn(1); }),
      $('<div class="calendar-nav calendar-nextyear">').on('click', function () { turn(12); }));
    var $table = $('<table class="calendar-dtable"><thead><tr><th>日</th><th>一</th><th>二</th><th>三</th><th>四</th><th>五</th><th>六</th></tr></thead></table>');
    var $days = $('<tbody>').appendTo($table);
    var day = new Date(year, month, 1 - new Date(year, month, 1).getDay());
    do {
      var $row = $('<tr>').appendTo($days);
      for (var column = 0; column < 7; column++) {
        $('<td class="calendar-day">').attr('abbr', [day.getFullYear(), day.getMonth() + 1, day.getDate()].join(',')).text(day.getDate())
          .toggleClass('calendar-other-month', day.getMonth() !== month).appendTo($row);
        day = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
      }
    } while (day.getMonth() === month);
    $table.on('click', 'td', function () { choose($(this).attr('abbr').split(',')); });
    $body.empty().append($('<div class="calendar">').append($head, $('<div class="calendar-body">').append($table)));
  }

  function datebox(box) {
    combo(box, function ($body) {
      var parts = box.$value.val().split('-'), now = new Date();
      var shown = parts.length === 3 ? new Date(parts[0], parts[1] - 1, 1) : new Date(now.getFullYear(), now.getMonth(), 1);
      calendar($body, shown, function (day) {
        box.set(day[0] + '-' + two(Number(day[1])) + '-' + two(Number(day[2])));
        box.hide();
      });
    });
    box.$panel.addClass('datebox-calendar-panel');
  }

  function filebox(box) {
    var $file = $('<input type="file" class="textbox-value" multiple>').attr('name', box.$value.attr('name'));
    box.$value.replaceWith($file);
    box.$span.append('<a href="javascript:;" class="textbox-button l-btn"><span class="l-btn-text">选择文件</span></a>');
    box.$span.find('.l-btn').on('click', function () { $file[0].click(); });
    $file.on('change', function () { box.$text.val($.map(this.files, function (file) { return file.name; }).join(',')); });
    box.clear = function () { $file.val(''); box.$text.val(''); };
  }

  $.makeWidgets = function ($form) {
    $form.find('.easyui-textbox').each(function () { typed(new Box($(this), 'textbox', false), $.trim); });
    $form.find('.easyui-numberbox').each(function () {
      typed(new Box($(this), 'numberbox', false), function (text) { return text.replace(/[^0-9]/g, ''); });
    });
    $form.find('.easyui-combobox').each(function () { combobox(new Box($(this), 'combobox', true)); });
    $form.find('.easyui-combotree').each(function () { combotree(new Box($(this), 'combotree', true)); });
    $form.find('.easyui-datebox').each(function () { datebox(new Box($(this), 'datebox', true)); });
    $form.find('.easyui-filebox').each(function () { filebox(new Box($(this), 'filebox', true)); });
    $(document).on('mousedown', function (event) {
      if (!$(event.target).closest('.combo, .combo-p').length) $('.combo-p').hide();
    });
  };

  function shell(title, $body, buttons, kind) {
    var $panel = $('<div class="panel window">').addClass(kind === 'messager' ? 'messager-window' : '').appendTo('body');
    var $mask = $('<div class="window-mask">').insertBefore($panel);
    var shown = {
      open: function () { $mask.css({ display: 'block', zIndex: ++depth }); $panel.css({ display: 'block', zIndex: ++depth }); },
      close: function () { $('.combo-p').hide(); $.tips.clear(); $mask.hide(); $panel.hide(); },
      remove: function () { $mask.remove(); $panel.remove(); }
    };
    var $tool = $('<a href="javascript:;" class="panel-tool-close">×</a>').on('click', shown.close);
    $('<div class="panel-header window-header">').append($('<div class="panel-title">').text(title), $('<div class="panel-tool">').append($tool)).appendTo($panel);
    var $buttons = $('<div>').addClass(kind === 'messager' ? 'messager-button' : 'dialog-button');
    $.each(buttons, function (index, button) {
      $('<a href="javascript:;" class="l-btn">').append($('<span class="l-btn-text">').text(button[0])).on('click', button[1]).appendTo($buttons);
    });
    $('<div class="panel-body window-body">').addClass(kind === 'messager' ? 'messager-body' : '').append($body, $buttons).appendTo($panel);
    return shown;
  }

  $.makeWindow = function ($content, buttons) {
    return shell($content.attr('title'), $content.removeClass('window').removeAttr('title'), buttons, 'window');
  };

  $.messager = {
    alert: function (title, words, icon, after) {
      var $body = [$('<div class="messager-icon">').addClass('messager-' + icon), $('<div class="messager-text">').text(words)];
      var shown = shell(title, $body, [['确定', function () { shown.remove(); if (after) after(); }]], 'messager');
      shown.open();
    }
  };

  $.tips = {
    show: function ($value, words) {
      var $span = $value.closest('.textbox');
      var $at = $span.length ? $span.addClass('textbox-invalid') : $value;
      var $tip = $('<div class="tooltip validatebox-tip tooltip-right"><div class="tooltip-content"></div></div>');
      $tip.children().text(words);
      var at = $at.offset();
      $tip.css({ left: at.left, top: at.top + $at.outerHeight() + 2, zIndex: ++depth }).appendTo('body');
    },
    clear: function () { $('.validatebox-tip').remove(); $('.textbox-invalid').removeClass('textbox-invalid'); }
  };
})(jQuery);
