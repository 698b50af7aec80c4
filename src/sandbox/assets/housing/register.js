/* The registration window of the practice housing fund system. */
(function ($) {
  'use strict';

  var $form = $('#registerForm');

  function reset() {
    $form[0].reset();
    $form.find('.textbox-f').each(function () { $(this).data('widget').clear(); });
    $.tips.clear();
  }

  function save() {
    $.tips.clear();
    $.ajax({ url: 'save.action', type: 'POST', data: new FormData($form[0]), processData: false, contentType: false, dataType: 'json' })
      .done(function (answer) {
        if (answer.success) {
          $window.close();
          $.messager.alert('登记成功', answer.msg, 'info', function () { location.href = 'registration.action?no=' + answer.receipt; });
          return;
        }
        if (answer.field) $.tips.show($form.find('[name="' + answer.field + '"]'), answer.msg);
        $.messager.alert('提示', answer.msg, 'error');
      })
      .fail(function () { $.messager.alert('提示', '网络异常，请查询登记结果后再操作', 'error'); });
  }

  var $window = $.makeWindow($('#registerWindow'), [['保存', save], ['取消', function () { $window.close(); }]]);
  $.makeWidgets($form);
  $('#add').on('click', function () { reset(); $window.open(); });
  $window.open();

  function box(name) { return $form.find('[textboxname="' + name + '"]').data('widget'); }

  $.getJSON('options.action', function (options) {
    $.each(options, function (name, data) { box(name).load(data); });
  });
  box('town').chosen = function (town) {
    box('village').clear();
    box('village').load([]);
    $.getJSON('villages.action', { town: town }, function (villages) { box('village').load(villages); });
  };
})(jQuery);
